#pragma once

#include "actors/ports/store.hpp"
#include "persistence/sqlite/journal_tail.hpp"
#include "persistence/sqlite/reader_pool.hpp"

#include <memory>
#include <vector>

namespace callboard::sqlite {

/// The reading calls of the store, over a pool and what the index lacks. Any thread; each call blocks.
class sqlite_reads {
 public:
  sqlite_reads(std::unique_ptr<reader_pool> pool, std::shared_ptr<const journal_tail> tail)
      : pool_(std::move(pool)), tail_(std::move(tail)) {}

  result<loaded_entity> load(const entity_ref& ref);
  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit);
  result<std::vector<std::string>> entity_ids(entity_kind kind, const std::string& after, std::size_t limit);
  result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                  const std::array<std::uint8_t, 16>& key_hash);
  result<std::optional<outcome_row>> find_command(const uuid& principal, const uuid& op_id);
  result<std::optional<snapshot_row>> snapshot_before(const entity_ref& ref, std::uint64_t seq);
  result<std::vector<timer_row>> timers_due(timestamp before, std::size_t limit);
  result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit);

  /// Where an event stands in the journal; nothing: there is no such event.
  result<std::optional<std::uint64_t>> position_of(const entity_ref& ref, std::uint64_t seq);

 private:
  std::unique_ptr<reader_pool> pool_;
  std::shared_ptr<const journal_tail> tail_;
};

/// A snapshot's state as the table keeps it, and back.
std::string compress(std::string_view state);
result<std::string> decompress(std::string_view bytes);

}  // namespace callboard::sqlite
