#include "actors/runtime/shard_table.hpp"

#include "actors/base/metrics.hpp"
#include "actors/runtime/effects.hpp"
#include "actors/runtime/node_context.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace callboard::runtime {
namespace {

constexpr auto mailbox_full = "the entity has too many messages waiting";
constexpr auto journal_full = "the journal's queue is full";

/// What one command may take in its lane: its row, and twice its bytes (DESIGN.md section 4, Admission).
std::size_t room_for(const envelope& message) { return 512 + 2 * message.bytes; }

void refuse_overloaded(const envelope& message, const char* what) {
  node_metrics().rejects.at({"overloaded"}).add();
  deliver(message, refused(refuse(problem_code::overloaded, what)));
}

}  // namespace

void shard_table::tell(envelope_ptr message) {
  const char* refused_for = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_)
      return;
    auto& to = slot_for(message->to);
    std::size_t reserved = message->role == message_role::command ? room_for(*message) : 0;
    if (overfull(to))
      refused_for = mailbox_full;
    else if (reserved > 0 && !shared_.journal.lane_of(slice_of(message->to)).reserve(reserved))
      refused_for = journal_full;
    else
      return pass(to, admitted{std::move(message), reserved});
  }
  refuse_overloaded(*message, refused_for);
}

void shard_table::subscribe(subscribe_wish wish) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_)
      return;
    auto& to = slot_for(wish.request->stream);
    if (!overfull(to))
      return pass(to, std::move(wish));
  }
  refuse_subscription(*wish.request, refuse(problem_code::overloaded, mailbox_full));
}

void shard_table::give_back(const append_failed& failure) {
  const std::lock_guard lock(mutex_);
  const auto at = slots_.find(failure.owner->ref);
  if (at != slots_.end() && at->second.host)
    caf::anon_send(at->second.host, failure);
}

shard_table::slot& shard_table::slot_for(const entity_ref& ref) {
  auto& found = slots_[ref];
  if (!found.who.ref) {
    found.who = {std::make_shared<const entity_ref>(ref), shared_.inspector.enter(ref)};
    caf::anon_send(keeper_, entity_wanted{found.who.ref});
  }
  return found;
}

bool shard_table::overfull(const slot& to) const {
  return to.who.stats->mailbox.load(std::memory_order_relaxed) + to.held.size() >= shared_.settings.mailbox_max;
}

void shard_table::pass(slot& to, work next) {
  to.last_used = std::chrono::steady_clock::now();
  if (to.now != state::open)
    return to.held.push_back(std::move(next));
  to.who.stats->arrived(wall_now());
  std::visit([&](auto& content) { caf::anon_send(to.host, std::move(content)); }, next);
}

// -- the shard actor's -------------------------------------------------------------------------------------------------

shard_table::seat shard_table::seat_of(const entity_ref& ref) {
  const std::lock_guard lock(mutex_);
  const auto at = slots_.find(ref);
  return at == slots_.end() ? seat{} : at->second.who;
}

void shard_table::open(const entity_ref& ref, caf::actor host) {
  const std::lock_guard lock(mutex_);
  const auto at = slots_.find(ref);
  if (at == slots_.end())
    return;
  auto& to = at->second;
  to.host = std::move(host);
  to.now = state::open;
  for (auto& next : std::exchange(to.held, {}))
    pass(to, std::move(next));
}

bool shard_table::passivate_idle(steady_time before, steady_time nothing_before) {
  const std::lock_guard lock(mutex_);
  for (auto& [ref, slot] : slots_) {
    const bool is_nothing = slot.who.stats->seq.load(std::memory_order_relaxed) == 0;
    if (slot.now == state::open && slot.last_used < (is_nothing ? nothing_before : before))
      ask_to_stop(slot);
  }
  return !slots_.empty();
}

void shard_table::passivate_longest_idle() {
  const std::lock_guard lock(mutex_);
  slot* longest = nullptr;
  for (auto& [ref, slot] : slots_)
    if (slot.now == state::open && (!longest || slot.last_used < longest->last_used))
      longest = &slot;
  if (longest)
    ask_to_stop(*longest);
}

void shard_table::ask_to_stop(slot& idle) {
  idle.now = state::closing;
  caf::anon_send(idle.host, passivate{});
}

bool shard_table::passivated(const entity_ref& ref, bool stopped) {
  const std::lock_guard lock(mutex_);
  const auto at = slots_.find(ref);
  if (at == slots_.end() || at->second.now != state::closing)
    return false;
  auto& to = at->second;
  if (!stopped) {
    to.now = state::open;
    for (auto& next : std::exchange(to.held, {}))
      pass(to, std::move(next));
    return false;
  }
  if (to.held.empty()) {
    shared_.inspector.leave(ref);
    slots_.erase(at);
    return false;
  }
  to.host = nullptr;
  to.now = state::opening;
  return true;
}

std::optional<entity_ref> shard_table::lost(const caf::actor_addr& host) {
  const std::lock_guard lock(mutex_);
  for (auto at = slots_.begin(); at != slots_.end(); ++at) {
    auto& [ref, slot] = *at;
    if (!slot.host || slot.host != host)
      continue;
    // What stood in its mailbox is gone with it.
    slot.who.stats->mailbox.store(0, std::memory_order_relaxed);
    if (!slot.held.empty()) {
      slot.host = nullptr;
      slot.now = state::opening;
      return ref;
    }
    shared_.inspector.leave(ref);
    slots_.erase(at);
    return std::nullopt;
  }
  return std::nullopt;
}

void shard_table::stop_all() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (auto& [ref, slot] : slots_)
    if (slot.host)
      caf::anon_send(slot.host, stop_actor{});
  slots_.clear();
  keeper_ = nullptr;
}

}  // namespace callboard::runtime
