#pragma once

#include "actors/ports/store.hpp"
#include "persistence/sqlite/reader_pool.hpp"

#include <memory>
#include <vector>

namespace callboard::sqlite {

/// The reading calls of the store, over a pool. Any thread; each call blocks.
class sqlite_reads {
 public:
  explicit sqlite_reads(std::unique_ptr<reader_pool> pool) : pool_(std::move(pool)) {}

  result<loaded_entity> load(const entity_ref& ref);
  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit);
  result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                  const std::array<std::uint8_t, 16>& key_hash);
  result<std::optional<outcome_row>> find_command(const uuid& principal, const uuid& op_id);
  result<std::vector<timer_row>> timers_due(timestamp before, std::size_t limit);
  result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit);

 private:
  result<std::optional<snapshot_row>> newest_snapshot(const entity_ref& ref);

  std::unique_ptr<reader_pool> pool_;
};

/// A snapshot's state as the table keeps it, and back.
std::string compress(std::string_view state);
result<std::string> decompress(std::string_view bytes);

}  // namespace callboard::sqlite
