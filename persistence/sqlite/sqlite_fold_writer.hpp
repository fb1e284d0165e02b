#pragma once

#include "persistence/fold.hpp"
#include "persistence/sqlite/connection.hpp"

#include <memory>

namespace callboard::sqlite {

/// Projections in `callboard-read.db`. The journal position up to which it is folded is the sum of the slices' heads.
class sqlite_fold_writer final : public fold_writer {
 public:
  static result<std::unique_ptr<sqlite_fold_writer>> make(connection read_database, connection journal);

  result<slice_heads> progress() override;
  result<std::vector<event_ptr>> unfolded(const slice_heads& heads, std::size_t limit) override;
  fold_status write(const fold_rows& rows, const slice_heads& from, const slice_heads& to) override;
  result<void> clear() override;

 private:
  sqlite_fold_writer(connection db, connection journal) : db_(std::move(db)), journal_(std::move(journal)) {}
  result<void> prepare();
  bool move_progress(const slice_heads& from, const slice_heads& to, bool& moved);
  bool write_purges(const fold_rows& rows);
  bool purge_tasks(const uuid& list);
  bool write_lists(const fold_rows& rows);
  bool write_members(const fold_rows& rows);
  bool write_tasks(const fold_rows& rows);

  connection db_, journal_;
  statement next_events_, named_tasks_, read_progress_, move_position_;
  statement purge_list_, purge_members_, put_list_, put_member_, drop_member_, put_task_, drop_task_;
};

}  // namespace callboard::sqlite
