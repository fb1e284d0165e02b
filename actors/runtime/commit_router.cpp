#include "actors/runtime/commit_router.hpp"

#include "actors/base/metrics.hpp"
#include "actors/runtime/effects.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>

namespace callboard::runtime {
namespace {

/// Does the event take rights from tokens that edges know already?
bool changes_rights(std::string_view type) {
  constexpr std::string_view names[] = {"session.ended",    "session.role_changed", "account.token_revoked",
                                        "account.disabled", "account.role_set",     "account.deleted"};
  return std::find(std::begin(names), std::end(names), type) != std::end(names);
}

/// Collects the effects of one batch by where they go, keeping their order.
class batch_router {
 public:
  explicit batch_router(node_context& shared) : shared_(shared) {}

  void take(lane_item& item) {
    auto* effects = static_cast<gated_effects*>(item.effects.get());
    if (effects && effects->cause && effects->cause->reply_to)
      answers_for(effects->cause->reply_to).push_back({effects->cause->correlation, std::move(effects->reply)});
    if (item.owner) {
      tell_changed_rights(item);
      take_stream(item, effects);
    }
    if (!item.timers.empty())
      caf::anon_send(shared_.timers,
                     timers_set{item.owner->ref, std::make_shared<const std::vector<timer_op>>(std::move(item.timers))});
    for (auto& row : item.outbox)
      outbox_.push_back(std::move(row));
    if (effects && effects->snapshot)
      write_snapshot(shared_.readers, shared_.journal, std::move(effects->snapshot));
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

  void tell_changed_rights(const lane_item& item) {
    const auto kind = item.owner->ref.kind;
    if ((kind != entity_kind::session && kind != entity_kind::account) || !shared_.hooks.rights_changed)
      return;
    for (const auto& event : item.events)
      if (changes_rights(public_type(event->type)))
        shared_.hooks.rights_changed(*event);
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
      // An item whose outcome was unknown for too long comes without effects: they were told already.
      if (effects)
        step.revocations = std::move(effects->revocations);
    }
    if (starting) {
      step.starting = std::move(effects->starting);
      step.started = std::move(effects->started);
    }
    steps_.push_back(std::move(step));
  }

  node_context& shared_;
  std::vector<std::pair<answer_sink*, std::vector<addressed_answer>>> answers_;
  std::vector<stream_step> steps_;
  std::vector<outbox_row> outbox_;
};

void count_events(const std::vector<lane_item>& items) {
  std::map<entity_kind, std::size_t> by_kind;
  std::size_t all = 0;
  for (const auto& item : items)
    if (item.owner && !item.events.empty()) {
      by_kind[item.owner->ref.kind] += item.events.size();
      all += item.events.size();
    }
  for (const auto& [kind, count] : by_kind)
    node_metrics().journal_events.at({to_string(kind)}).add(count);
  if (all > 0)
    node_metrics().journal_batch_events.observe(static_cast<double>(all));
}

}  // namespace

void commit_router::committed(std::vector<lane_item>&& items) noexcept {
  count_events(items);
  batch_router batch(shared_);
  for (auto& item : items)
    batch.take(item);
  batch.send();
}

void commit_router::failed(std::vector<lane_item>&& items, append_failure why) noexcept {
  if (items.empty())
    return;
  if (!items.front().owner)
    return give_back(items);
  if (why == append_failure::unknown)
    revoke_in_doubt(items);
  auto owner = items.front().owner;
  // The life stays in flight until its host has heard of this: it reloads, or passivates, only after all of it.
  owner->in_flight.fetch_add(1);
  shared_.shard_for(owner->ref).give_back({owner, why, std::make_shared<std::vector<lane_item>>(std::move(items))});
}

/// Deletions of delivered outbox rows go back to the outbox.
void commit_router::give_back(const std::vector<lane_item>& items) {
  auto ids = std::make_shared<std::vector<outbox_id>>();
  for (const auto& item : items)
    ids->insert(ids->end(), item.outbox_done.begin(), item.outbox_done.end());
  caf::anon_send(shared_.outbox, outbox_undone{std::move(ids)});
}

/// Whether a removal committed is not known: its subscriptions end all the same, and may be asked for again.
void commit_router::revoke_in_doubt(const std::vector<lane_item>& items) {
  auto steps = std::make_shared<std::vector<stream_step>>();
  for (const auto& item : items) {
    const auto* effects = static_cast<const gated_effects*>(item.effects.get());
    if (!effects || effects->revocations.empty() || !shared_.interest.any(item.owner->ref))
      continue;
    stream_step step;
    step.stream = item.owner->ref;
    step.revocations = effects->revocations;
    steps->push_back(std::move(step));
  }
  if (!steps->empty())
    caf::anon_send(shared_.hub, stream_steps{std::move(steps)});
}

void commit_router::fenced() noexcept { shared_.hooks.fenced(); }

}  // namespace callboard::runtime
