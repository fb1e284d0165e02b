#pragma once

#include "persistence/batch_writer.hpp"
#include "persistence/sqlite/connection.hpp"
#include "persistence/sqlite/journal_tail.hpp"

#include <array>
#include <memory>
#include <vector>

namespace callboard::sqlite {

/// Commits batches into `callboard.db`: one transaction each, synchronous=FULL.
class sqlite_batch_writer final : public batch_writer {
 public:
  /// `db` is a writable connection of its own; the schema is up to date.
  static result<std::unique_ptr<sqlite_batch_writer>> make(connection db);

  commit_outcome commit(std::span<lane_item* const> items) override;
  /// An I/O error at COMMIT: only a new process, reading the WAL, can tell.
  resolution resolve(std::span<lane_item* const> items) override;
  std::uint64_t last_nr(std::uint16_t slice) override { return heads_[slice]; }

  connection& database() noexcept { return db_; }
  /// What the index by entity lacks: readers look here too.
  std::shared_ptr<const journal_tail> tail() const noexcept { return tail_; }

 private:
  explicit sqlite_batch_writer(connection db) : db_(std::move(db)) {}
  result<void> prepare();
  result<void> read_heads();
  result<void> index_newest();
  int write_item(const lane_item& item);
  int write_events(const lane_item& item);
  int write_timers(const lane_item& item);
  int write_outbox(const lane_item& item);
  int write_outcome(const lane_item& item);
  int save_heads();
  bool is_taken(const recorded_event& event);
  int index_oldest(std::size_t rows_kept);
  commit_outcome roll_back(int code, std::string_view doing);
  void note_committed(std::span<lane_item* const> items);

  connection db_;
  statement begin_, commit_, rollback_;
  statement insert_event_, upsert_timer_, delete_timer_, insert_outbox_, delete_outbox_, insert_outcome_;
  statement index_row_, last_indexed_;
  statement save_head_, save_position_;
  std::array<std::uint64_t, slice_count> heads_{};
  std::vector<bool> dirty_ = std::vector<bool>(slice_count, false);
  std::uint64_t position_ = 0, saved_position_ = 0, next_position_ = 0;
  std::shared_ptr<journal_tail> tail_ = std::make_shared<journal_tail>();
  std::vector<const recorded_event*> added_;  ///< to the tail, by this transaction
  std::size_t indexed_ = 0;                   ///< entities of the tail that this transaction put into the index
  bool writing_outcome_ = false;
};

}  // namespace callboard::sqlite
