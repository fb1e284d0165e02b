#include "actors/runtime/commit_router.hpp"

#include "actors/runtime/effects.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace callboard::runtime {
namespace {

/// Collects the effects of one batch by where they go, keeping their order.
class batch_router {
 public:
  explicit batch_router(node_context& shared) : shared_(shared) {}

  void take(lane_item& item) {
    auto* effects = static_cast<gated_effects*>(item.effects.get());
    if (effects && effects->cause && effects->cause->reply_to)
      answers_for(effects->cause->reply_to).push_back({effects->cause->correlation, std::move(effects->reply)});
    if (item.owner) {
      tell_ended_sessions(item);
      take_stream(item, effects);
    }
    if (!item.timers.empty())
      caf::anon_send(shared_.timers,
                     timers_set{item.owner->ref, std::make_shared<const std::vector<timer_op>>(std::move(item.timers))});
    for (auto& row : item.outbox)
      outbox_.push_back(std::move(row));
    if (effects && effects->snapshot)
      write_snapshot(effects->snapshot);
  }

  void send() {
    for (auto& [sink, answers] : answers_)
      sink->deliver(std::move(answers));
    if (!steps_.empty())
      caf::anon_send(shared_.hub, stream_steps{std::make_shared<std::vector<stream_step>>(std::move(steps_))});
    if (!outbox_.empty())
      caf::anon_send(shared_.outbox,
                     outbox_rows{std::make_shared<result<std::vector<outbox_row>>>(std::move(outbox_)), false});
  }

 private:
  std::vector<addressed_answer>& answers_for(answer_sink* sink) {
    for (auto& [known, answers] : answers_)
      if (known == sink)
        return answers;
    return answers_.emplace_back(sink, std::vector<addressed_answer>{}).second;
  }

  void tell_ended_sessions(const lane_item& item) {
    if (item.owner->ref.kind != entity_kind::session || !shared_.hooks.session_ended)
      return;
    for (const auto& event : item.events)
      if (public_type(event->type) == "session.ended")
        shared_.hooks.session_ended(*event);
  }

  void take_stream(lane_item& item, gated_effects* effects) {
    const auto& ref = item.owner->ref;
    const bool starting = effects && effects->starting;
    if (starting && !effects->started.problem)
      shared_.interest.add(ref);
    const bool followed = !item.events.empty() && shared_.interest.any(ref);
    if (!starting && !followed)
      return;
    stream_step step;
    step.stream = ref;
    if (followed) {
      step.events = item.events;
      step.revocations = std::move(effects->revocations);
    }
    if (starting) {
      step.starting = std::move(effects->starting);
      step.started = std::move(effects->started);
    }
    steps_.push_back(std::move(step));
  }

  /// A snapshot that cannot be written now is simply missed: the next one comes.
  void write_snapshot(std::shared_ptr<const snapshot_row> row) {
    shared_.readers.run([&journal = shared_.journal, row = std::move(row)] { (void)journal.put_snapshot(*row); });
  }

  node_context& shared_;
  std::vector<std::pair<answer_sink*, std::vector<addressed_answer>>> answers_;
  std::vector<stream_step> steps_;
  std::vector<outbox_row> outbox_;
};

}  // namespace

void commit_router::committed(std::vector<lane_item>&& items) noexcept {
  batch_router batch(shared_);
  for (auto& item : items)
    batch.take(item);
  batch.send();
}

void commit_router::failed(std::vector<lane_item>&& items, append_failure why) noexcept {
  if (items.empty() || !items.front().owner)
    return;  // The runtime's own bookkeeping: the outbox row is simply delivered again.
  auto owner = items.front().owner;
  const auto& shard = shared_.shards[shard_of(slice_of(owner->ref))];
  caf::anon_send(shard, append_failed{owner, why, std::make_shared<std::vector<lane_item>>(std::move(items))});
}

void commit_router::fenced() noexcept { shared_.hooks.fenced(); }

}  // namespace callboard::runtime
