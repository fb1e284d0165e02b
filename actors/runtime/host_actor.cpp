#include "actors/runtime/host_actor.hpp"

#include "actors/kinds.hpp"
#include "actors/runtime/guarded.hpp"
#include "actors/runtime/host_answers.hpp"

#include <caf/send.hpp>

#include <exception>
#include <utility>

namespace callboard::runtime {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t replay_events_max = 5'000;
constexpr auto lease = 5s;  // API.md section 20: how long memory may answer for a store that does not

}  // namespace

host_actor::host_actor(caf::actor_config& config, node_context& shared, std::shared_ptr<const entity_ref> ref,
                       std::shared_ptr<entity_stats> stats, caf::actor shard)
    : caf::event_based_actor(config), shared_(shared), ref_(std::move(ref)), stats_(std::move(stats)),
      shard_(std::move(shard)), lane_(shared.journal.lane_of(slice_of(*ref_))), kind_(descriptor_of(ref_->kind)) {}

caf::behavior host_actor::make_behavior() {
  return {
    [this](admitted& next) { take(std::move(next)); },
    [this](subscribe_wish& next) { take(std::move(next)); },
    [this](entity_loaded& message) { on_loaded(message); },
    [this](outcome_found& message) { on_outcome_found(message); },
    [this](append_failed& message) { on_append_failed(message); },
    [this](retry_load) {
      settle_armed_ = false;
      settle();
    },
    [this](passivate) { on_passivate(); },
    [this](stop_actor) { quit(); },
  };
}

// -- work --------------------------------------------------------------------------------------------------------------

void host_actor::take(work next) {
  if (phase_ == phase::ready)
    return process(next);
  waiting_.push_back(std::move(next));
  if (phase_ != phase::unloaded)
    return;
  if (std::chrono::steady_clock::now() < not_before_)
    return refuse_waiting(refuse(problem_code::journal_unavailable, "the entity is being restarted; try again"));
  begin_load();
}

void host_actor::process(work& next) {
  stats_->taken();
  if (auto* envelope = std::get_if<admitted>(&next))
    on_envelope(*envelope);
  else
    on_subscribe(std::get<subscribe_wish>(next));
}

void host_actor::on_envelope(admitted& next) {
  const auto& message = *next.message;
  const auto now = wall_now();
  stats_->note(message.type, now);
  if (std::chrono::steady_clock::now() > message.deadline) {
    release(next);
    return deliver(message, refused(refuse(problem_code::overloaded, "the request waited past its deadline")));
  }
  try {
    if (message.role == message_role::query && is_stale())
      return deliver(message, refused(store_is_away()));
    if (message.role == message_role::query)
      return gate(next.message, entity_->ask(message, now));
    on_command(next);
  } catch (const std::exception& thrown) {
    entity_threw(next, thrown.what());
  }
}

/// Whether another process owns the store by now cannot be known for ever.
bool host_actor::is_stale() const {
  return std::chrono::steady_clock::now() - shared_.journal.last_contact() > lease;
}

void host_actor::on_command(admitted& next) {
  if (answered_as_repeat(next))
    return;
  const auto now = wall_now();
  auto decided = entity_->decide(*next.message, now);
  if (!decided) {
    auto refusal = refused(std::move(decided).error());
    // The row's key is the judge again: should this have been applied in an earlier life, that row answers.
    if (next.message->kept == outcome_kept::always)
      return commit_refusal(next, std::move(refusal), now);
    release(next);
    // What looks taken may be the first effect of this very command, from before this activation: its row knows.
    if (next.message->repeat)
      return look_up_outcome(next.message, std::move(refusal));
    return gate(next.message, std::move(refusal));
  }
  commit(next, std::move(*decided), now);
}

bool host_actor::answered_as_repeat(admitted& next) {
  const auto& message = *next.message;
  if (!message.repeat)
    return false;
  switch (repeats_.judge(message.who.user, *message.repeat, committed_ordinal(), wall_now())) {
    case repeat_memory::verdict::fresh: return false;
    case repeat_memory::verdict::running: gate(next.message, refused(still_running())); break;
    case repeat_memory::verdict::mismatch: gate(next.message, refused(other_content())); break;
    case repeat_memory::verdict::done: look_up_outcome(next.message, refused(not_visible_yet())); break;
  }
  release(next);
  return true;
}

/// The stored answer is read on the reader pool; its body may be an event's data.
void host_actor::look_up_outcome(envelope_ptr message, answer if_none) {
  ++lookups_;
  const bool accepted = shared_.readers.run([&journal = shared_.journal, ref = ref_, message,
                                             none = std::make_shared<answer>(std::move(if_none)),
                                             number = activation_->number, self = caf::actor{this}] {
    auto reply = guarded<answer>(
      "an outcome", [&] { return stored_answer_of(journal, *ref, *message, std::move(*none)); });
    caf::anon_send(self, outcome_found{number, message, std::make_shared<answer>(std::move(reply))});
  });
  if (accepted)
    return;
  --lookups_;
  gate(message, refused(refuse(problem_code::overloaded, "too many reads are waiting")));
}

void host_actor::on_outcome_found(outcome_found& found) {
  --lookups_;
  if (found.reply->replayed)
    return deliver(*found.message, std::move(*found.reply));  // a committed row: true in every life
  if (phase_ == phase::ready && found.activation == activation_->number)
    return gate(found.message, std::move(*found.reply));
  // The state that refused it is gone: it is judged anew.
  stats_->arrived(wall_now());
  take(admitted{found.message, 0, 0});
}

void host_actor::on_subscribe(const subscribe_wish& next) {
  const auto& request = *next.request;
  if (std::chrono::steady_clock::now() > request.deadline)
    return refuse_subscription(request, refuse(problem_code::overloaded, "the request waited past its deadline"));
  auto effects = std::make_unique<gated_effects>();
  effects->starting = next.request;
  auto& started = effects->started;
  started.token = request.token;
  started.stream = *ref_;
  started.seq = head_.seq;
  const bool same_epoch = request.since && request.since->epoch == shared_.journal.stream_epoch();
  const bool replayable = same_epoch && request.since->seq <= head_.seq &&
                          head_.seq - request.since->seq <= replay_events_max &&
                          request.snapshot != snapshot_wish::always;
  const bool with_snapshot = !replayable && request.snapshot != snapshot_wish::never;
  try {
    auto start = is_stale() ? result<stream_start>(store_is_away()) : entity_->subscribe(request.who, with_snapshot);
    if (!start)
      started.problem = std::move(start).error();
    else
      started.parts = std::move(start->parts);
  } catch (const std::exception&) {
    started.problem = refuse(problem_code::internal, "the stream could not be read");
  }
  using mode = stream_started::start_mode;
  started.mode = replayable ? mode::replay : with_snapshot ? mode::snapshot : mode::live;
  started.recovered = replayable;
  lane_item item;
  item.deadline = request.deadline;
  item.effects = std::move(effects);
  submit(std::move(item));
}

// -- commit and gate -----------------------------------------------------------------------------------------------

void host_actor::commit(admitted& next, decision&& decided, timestamp now) {
  auto item = build_item(head_, *next.message, decided, now);
  if (const auto& firing = next.message->firing)
    drop_fired_timer(item, firing->first, firing->second);
  if (!item.has_rows()) {
    release(next);
    return gate(next.message, std::move(decided.reply));
  }
  stats_->seq.store(head_.seq, std::memory_order_relaxed);
  for (const auto& event : item.events)
    snapshots_.note(*event);
  auto effects = std::make_unique<gated_effects>();
  effects->reply = std::move(decided.reply);
  effects->revocations = std::move(decided.revocations);
  if (unwritten_.expired() && snapshots_.due(head_.seq, now))
    effects->snapshot = take_snapshot(now);
  submit_decided(next, std::move(item), std::move(effects), now);
}

void host_actor::commit_refusal(admitted& next, answer&& reply, timestamp now) {
  auto effects = std::make_unique<gated_effects>();
  auto item = build_refusal(*next.message, reply, now);
  effects->reply = std::move(reply);
  submit_decided(next, std::move(item), std::move(effects), now);
}

void host_actor::submit_decided(admitted& next, lane_item&& item, std::unique_ptr<gated_effects> effects,
                                timestamp now) {
  effects->cause = next.message;
  effects->bad_rows = next.bad_rows;
  effects->reply.kept = next.message->kept != outcome_kept::for_repeats;
  item.effects = std::move(effects);
  item.bytes = next.reserved;
  if (next.message->repeat)
    repeats_.start(next.message->who.user, *next.message->repeat, submitted_ + 1, now);
  submit(std::move(item));
}

/// An answer that may have seen uncommitted state waits its turn behind it; with nothing in flight it goes at once.
void host_actor::gate(const envelope_ptr& cause, answer reply) {
  if (activation_->in_flight.load(std::memory_order_acquire) == 0)
    return deliver(*cause, std::move(reply));
  auto effects = std::make_unique<gated_effects>();
  effects->cause = cause;
  effects->reply = std::move(reply);
  lane_item item;
  item.deadline = cause->deadline;
  item.effects = std::move(effects);
  submit(std::move(item));
}

void host_actor::submit(lane_item&& item) {
  item.owner = activation_;
  ++submitted_;
  lane_.submit(std::move(item));
}

std::shared_ptr<unwritten_snapshot> host_actor::take_snapshot(timestamp now) {
  if (last_snapshot_written_ && !*last_snapshot_written_)
    snapshots_.lost();
  auto frozen = entity_->freeze();
  auto taken = std::make_shared<unwritten_snapshot>();
  taken->row = {*ref_, head_.seq, head_.link, now, {}, snapshots_.forgets_older()};
  taken->encode = std::move(frozen.encode);
  unwritten_ = taken;
  last_snapshot_written_ = taken->written;
  snapshots_.taken(head_.seq, frozen.bytes, now);
  stats_->state_bytes.store(entity_->state_bytes(), std::memory_order_relaxed);
  return taken;
}

void host_actor::release(admitted& next) {
  if (next.reserved)
    lane_.release(next.reserved);
  next.reserved = 0;
}

std::uint64_t host_actor::committed_ordinal() const {
  return submitted_ - activation_->in_flight.load(std::memory_order_acquire);
}

void host_actor::on_passivate() {
  const bool idle = redo_.empty() && waiting_.empty() && lookups_ == 0 &&
                    (phase_ == phase::unloaded ||
                     (phase_ == phase::ready && activation_->in_flight.load(std::memory_order_acquire) == 0));
  caf::anon_send(shard_, passivation_answer{ref_, idle});
  if (!idle)
    return;
  if (phase_ == phase::ready && unwritten_.expired() && snapshots_.due_at_rest(head_.seq))
    write_snapshot(shared_.readers, shared_.journal, take_snapshot(wall_now()));
  quit();
}

}  // namespace callboard::runtime
