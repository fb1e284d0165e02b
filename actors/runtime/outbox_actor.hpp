#pragma once

#include "actors/runtime/node_context.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

namespace callboard::runtime {

/// Delivers stored messages between entities, at least once: each is taken out of the store only after its receiver has
/// committed it; the receiver recognises repeats by their op_id. Messages of one source go one after another, in order.
class outbox_actor final : public caf::event_based_actor {
 public:
  static constexpr std::size_t rows_max = 10'000;  ///< in memory; more stay in the store
  static constexpr std::size_t in_flight_max = 500;

  outbox_actor(caf::actor_config& config, node_context& shared);

  caf::behavior make_behavior() override;

 private:
  struct pending {
    outbox_row row;
    bool sent = false;
    std::uint32_t attempts = 0;
    steady_time not_before{}, sent_at{};
  };
  class sink;

  void take(std::vector<outbox_row> rows, bool from_store);
  void reload();
  void deliver_due();
  void send(const outbox_id& id, pending& one);
  void on_answers(const std::vector<addressed_answer>& answers);
  void done(const std::vector<outbox_id>& ids);
  void retry_later(pending& one);
  void forget_unanswered();

  node_context& shared_;
  std::map<outbox_id, pending> rows_;
  std::map<std::uint64_t, outbox_id> sent_;  ///< by correlation
  std::uint64_t next_correlation_ = 1;
  outbox_id page_after_;  ///< up to where the store's rows have been read
  bool more_in_store_ = true, overflowed_ = false, loading_ = false;
  std::vector<outbox_id> undone_;
};

}  // namespace callboard::runtime
