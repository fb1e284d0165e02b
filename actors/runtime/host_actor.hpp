#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/runtime/entity_loading.hpp"
#include "actors/runtime/node_context.hpp"
#include "actors/runtime/effects.hpp"
#include "actors/runtime/item_builder.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/repeat_memory.hpp"
#include "actors/runtime/snapshot_plan.hpp"

#include <caf/event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <variant>

namespace callboard::runtime {

/// The actor of one entity, for all kinds: loads it from the journal, lets it decide, hands rows and effects to the lane,
/// and rebuilds it when an append failed or the entity threw. Messages:
///   admitted, subscribe_wish  work, in order
///   entity_loaded, outcome_found  answers of the reader pool
///   append_failed  the lane could not commit: reload, and decide again what nobody has answered
///   passivate      stop if nothing is under way
class host_actor final : public caf::event_based_actor {
 public:
  host_actor(caf::actor_config& config, node_context& shared, std::shared_ptr<const entity_ref> ref,
             std::shared_ptr<entity_stats> stats, caf::actor shard);

  caf::behavior make_behavior() override;

 private:
  using work = std::variant<admitted, subscribe_wish>;
  enum class phase { unloaded, loading, settling, ready };

  void take(work next);
  void process(work& next);
  void on_envelope(admitted& next);
  void on_command(admitted& next);
  void on_outcome_found(outcome_found& found);
  void on_subscribe(const subscribe_wish& next);
  bool answered_as_repeat(admitted& next);
  void look_up_outcome(envelope_ptr message, answer if_none);

  void begin_load(std::uint64_t snapshot_at = newest_snapshot);
  void on_loaded(entity_loaded& message);
  bool rebuild(const loaded_entity& content);
  bool is_stale() const;
  void load_failed(const refusal& why);
  void refuse_waiting(const refusal& why);
  void drain_waiting();

  void on_append_failed(append_failed& message);
  void settle();
  void refuse_expired(std::deque<work>& queue);
  void entity_threw(admitted& next, const char* what);
  void on_passivate();

  void commit(admitted& next, decision&& decided, timestamp now);
  void commit_refusal(admitted& next, answer&& reply, timestamp now);
  void submit_decided(admitted& next, lane_item&& item, std::unique_ptr<gated_effects> effects, timestamp now);
  void gate(const envelope_ptr& cause, answer reply);
  void submit(lane_item&& item);
  std::shared_ptr<unwritten_snapshot> take_snapshot(timestamp now);
  void release(admitted& next);
  void refuse_work(work& item, const refusal& why);
  std::uint64_t committed_ordinal() const;

  node_context& shared_;
  std::shared_ptr<const entity_ref> ref_;
  std::shared_ptr<entity_stats> stats_;
  caf::actor shard_;
  lane& lane_;
  const kind_descriptor& kind_;

  phase phase_ = phase::unloaded;
  std::unique_ptr<aggregate> entity_;
  std::shared_ptr<activation> activation_;
  journal_head head_;
  repeat_memory repeats_;
  std::uint64_t submitted_ = 0;  ///< items of this activation
  std::deque<work> redo_;        ///< unanswered work of a failed activation, in first order
  std::deque<work> waiting_;     ///< arrived while not ready
  std::uint32_t lookups_ = 0;
  std::chrono::milliseconds backoff_{0}, settle_pause_{0}, throw_pause_{0};
  steady_time not_before_{};  ///< earliest next load
  steady_time threw_at_{};
  bool settle_armed_ = false;  ///< a look is on its way
  snapshot_plan snapshots_;
  std::weak_ptr<unwritten_snapshot> unwritten_;  ///< one at a time: an older one never comes after a newer
  std::shared_ptr<const std::atomic<bool>> last_snapshot_written_;
};

}  // namespace callboard::runtime
