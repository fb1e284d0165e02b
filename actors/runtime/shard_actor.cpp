#include "actors/runtime/shard_actor.hpp"

#include "actors/base/metrics.hpp"
#include "actors/runtime/effects.hpp"
#include "actors/runtime/host_actor.hpp"

#include <caf/send.hpp>

namespace callboard::runtime {
namespace {

/// What one command may take in its lane: its row, and twice its bytes (DESIGN.md section 4, Admission).
std::size_t room_for(const envelope& message) { return 512 + 2 * message.bytes; }

void count_overload(node_context& shared) {
  shared.overloads.fetch_add(1, std::memory_order_relaxed);
  node_metrics().rejects.at({"overloaded"}).add();
}

refusal too_busy(const char* what) { return refuse(problem_code::overloaded, what); }

}  // namespace

shard_actor::shard_actor(caf::actor_config& config, node_context& shared)
    : caf::event_based_actor(config), shared_(shared) {}

caf::behavior shard_actor::make_behavior() {
  set_down_handler([this](const caf::down_msg& down) { on_host_down(down); });
  return {
    [this](envelope_ptr& message) { on_envelope(std::move(message)); },
    [this](const subscribe_wish& wish) { on_subscribe(wish); },
    [this](const append_failed& failure) {
      const auto at = slots_.find(failure.owner->ref);
      if (at != slots_.end())
        caf::anon_send(at->second.host, failure);
    },
    [this](const passivation_answer& answered) { on_passivation(answered); },
    [this](housekeeping) { on_housekeeping(); },
    [this](stop_actor) { stop_all(); },
  };
}

void shard_actor::on_envelope(envelope_ptr message) {
  auto& to = slot_for(message->to);
  if (overfull(to)) {
    count_overload(shared_);
    return deliver(*message, refused(too_busy("the entity has too many messages waiting")));
  }
  std::size_t reserved = 0;
  if (message->role == message_role::command) {
    reserved = room_for(*message);
    if (!shared_.journal.lane_of(slice_of(message->to)).reserve(reserved)) {
      count_overload(shared_);
      return deliver(*message, refused(too_busy("the journal's queue is full")));
    }
  }
  pass(to, admitted{std::move(message), reserved});
}

void shard_actor::on_subscribe(const subscribe_wish& wish) {
  auto& to = slot_for(wish.request->stream);
  if (overfull(to)) {
    stream_started started;
    started.token = wish.request->token;
    started.stream = wish.request->stream;
    started.problem = too_busy("the entity has too many messages waiting");
    return wish.request->sink->deliver({stream_notice{std::move(started)}});
  }
  pass(to, wish);
}

shard_actor::slot& shard_actor::slot_for(const entity_ref& ref) {
  const auto at = slots_.find(ref);
  if (at != slots_.end())
    return at->second;
  if (shared_.inspector.resident() >= shared_.settings.resident_max)
    passivate_longest_idle();
  auto& fresh = slots_[ref];
  fresh.ref = std::make_shared<const entity_ref>(ref);
  fresh.stats = shared_.inspector.enter(ref);
  fresh.host = spawn<host_actor>(std::ref(shared_), fresh.ref, fresh.stats, caf::actor{this});
  monitor(fresh.host);
  if (!std::exchange(housekeeping_armed_, true))
    delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
  return fresh;
}

bool shard_actor::overfull(const slot& to) const {
  return to.stats->mailbox.load(std::memory_order_relaxed) + to.held.size() >= shared_.settings.mailbox_max;
}

void shard_actor::pass(slot& to, work next) {
  to.last_used = std::chrono::steady_clock::now();
  if (to.closing)
    to.held.push_back(std::move(next));
  else
    forward(to, std::move(next));
}

void shard_actor::forward(slot& to, work next) {
  to.stats->arrived(wall_now());
  std::visit([&](auto& content) { caf::anon_send(to.host, std::move(content)); }, next);
}

void shard_actor::on_passivation(const passivation_answer& answered) {
  const auto at = slots_.find(*answered.ref);
  if (at == slots_.end() || !at->second.closing)
    return;
  auto held = std::move(at->second.held);
  if (answered.stopped) {
    shared_.inspector.leave(at->first);
    slots_.erase(at);
    if (held.empty())
      return;
    auto& again = slot_for(*answered.ref);
    for (auto& next : held)
      pass(again, std::move(next));
    return;
  }
  at->second.closing = false;
  for (auto& next : held)
    pass(at->second, std::move(next));
}

/// A host that died of an exception of its own: the next message makes a new one.
void shard_actor::on_host_down(const caf::down_msg& down) {
  for (auto at = slots_.begin(); at != slots_.end(); ++at)
    if (at->second.host == down.source) {
      auto held = std::move(at->second.held);
      const auto ref = at->first;
      shared_.inspector.leave(ref);
      slots_.erase(at);
      for (auto& next : held)
        pass(slot_for(ref), std::move(next));
      return;
    }
}

void shard_actor::on_housekeeping() {
  const auto idle_since = std::chrono::steady_clock::now() - shared_.settings.idle_timeout;
  for (auto& [ref, slot] : slots_)
    if (!slot.closing && slot.last_used < idle_since)
      passivate_one(slot);
  housekeeping_armed_ = !slots_.empty();
  if (housekeeping_armed_)
    delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
}

void shard_actor::passivate_one(slot& idle) {
  idle.closing = true;
  caf::anon_send(idle.host, passivate{});
}

void shard_actor::passivate_longest_idle() {
  slot* longest = nullptr;
  for (auto& [ref, slot] : slots_)
    if (!slot.closing && (!longest || slot.last_used < longest->last_used))
      longest = &slot;
  if (longest)
    passivate_one(*longest);
}

void shard_actor::stop_all() {
  for (auto& [ref, slot] : slots_)
    caf::anon_send(slot.host, stop_actor{});
  slots_.clear();
  quit();
}

}  // namespace callboard::runtime
