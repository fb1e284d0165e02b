#pragma once

#include "actors/runtime/node_context.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <map>
#include <set>
#include <utility>

namespace callboard::runtime {

/// Delivers stored messages between entities, at least once: each is taken out of the store only after its receiver has
/// committed it; the receiver recognises repeats by their op_id. Messages of one source to one receiver go one after
/// another, in order; others do not wait for each other.
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
    steady_time sent_at{};
  };
  using channel = std::pair<entity_ref, entity_ref>;  ///< source, receiver
  class sink;

  void take_fresh(std::vector<outbox_row> rows);
  void take_page(std::vector<outbox_row> rows);
  void reload();
  void enter(outbox_row row);
  void forget(const outbox_id& id);
  void wake_delayed();
  void deliver_due();
  void send(const outbox_id& id, pending& one);
  void on_answers(const std::vector<addressed_answer>& answers);
  void done(const std::vector<outbox_id>& ids);
  void retry_later(const outbox_id& id, pending& one);
  void forget_unanswered();

  node_context& shared_;
  std::map<outbox_id, pending> rows_;
  std::map<channel, std::set<outbox_id>> channels_;  ///< their first is under way, ready or delayed; the others wait
  std::deque<outbox_id> ready_;
  std::multimap<steady_time, outbox_id> delayed_;  ///< until they are tried again
  std::map<std::uint64_t, outbox_id> sent_;  ///< by correlation
  std::uint64_t next_correlation_ = 1;
  outbox_id page_after_;  ///< up to where the store's rows have been read
  bool more_in_store_ = true, overflowed_ = false, loading_ = false;
  std::vector<outbox_id> undone_;
};

}  // namespace callboard::runtime
