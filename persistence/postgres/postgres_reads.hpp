#pragma once

#include "actors/ports/store.hpp"
#include "persistence/postgres/reader_pool.hpp"

namespace callboard::postgres {

/// The blocking calls of `store`, over the pool. Any thread.
class postgres_reads {
 public:
  explicit postgres_reads(reader_pool& readers) : readers_(readers) {}

  result<loaded_entity> load(const entity_ref& ref);
  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit);
  result<std::vector<std::string>> entity_ids(entity_kind kind, const std::string& after, std::size_t limit);
  result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                  const std::array<std::uint8_t, 16>& key_hash);
  result<std::optional<outcome_row>> find_command(const uuid& principal, const uuid& op_id);
  result<void> put_snapshot(const snapshot_row& row);
  result<std::optional<snapshot_row>> snapshot_before(const entity_ref& ref, std::uint64_t seq);
  result<std::vector<timer_row>> timers_due(timestamp before, std::size_t limit);
  result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit);
  result<std::size_t> prune_outcomes(timestamp before, std::size_t limit);

 private:
  reader_pool& readers_;
};

}  // namespace callboard::postgres
