#include "persistence/sqlite/sqlite_fold_writer.hpp"

#include "persistence/sqlite/event_rows.hpp"
#include "persistence/sqlite/read_schema.hpp"

#include <sqlite3.h>

#include <numeric>

namespace callboard::sqlite {
namespace {

constexpr auto next_events_sql =
  "select kind, id, slice, nr, seq, epoch, at, type, actor, link, meta, payload from journal "
  "where position > ? order by position limit ?";
constexpr auto put_list_sql =
  "insert into lists (id, rev, name, name_folded, created_at, archived_at, deleted) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
  "on conflict (id) do update set rev = excluded.rev, "
  "name = iif(?8 & 1, excluded.name, name), name_folded = iif(?8 & 1, excluded.name_folded, name_folded), "
  "created_at = iif(?8 & 2, excluded.created_at, created_at), "
  "archived_at = iif(?8 & 4, excluded.archived_at, archived_at), deleted = iif(?8 & 8, excluded.deleted, deleted) "
  "where rev < excluded.rev";
constexpr auto put_member_sql =
  "insert into list_member (user_id, list_id, rev, role) values (?, ?, ?, ?) "
  "on conflict (user_id, list_id) do update set rev = excluded.rev, role = excluded.role where rev < excluded.rev";
constexpr auto put_task_sql =
  "insert into tasks (list_id, id, rev, deleted, section_id, parent_id, status, priority, due_at, updated_at, "
  "created_at, number, position, title) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
  "on conflict (list_id, id) do update set rev = excluded.rev, "
  "deleted = iif(?15 & 1, excluded.deleted, deleted), section_id = iif(?15 & 2, excluded.section_id, section_id), "
  "parent_id = iif(?15 & 4, excluded.parent_id, parent_id), status = iif(?15 & 8, excluded.status, status), "
  "priority = iif(?15 & 16, excluded.priority, priority), due_at = iif(?15 & 32, excluded.due_at, due_at), "
  "updated_at = iif(?15 & 64, excluded.updated_at, updated_at), "
  "created_at = iif(?15 & 128, excluded.created_at, created_at), number = iif(?15 & 256, excluded.number, number), "
  "position = iif(?15 & 512, excluded.position, position), title = iif(?15 & 1024, excluded.title, title) "
  "where rev < excluded.rev";
constexpr auto set_head_sql =
  "insert into projection_head (kind, id, seq) values (?, ?, ?) "
  "on conflict (kind, id) do update set seq = excluded.seq where seq < excluded.seq";

std::uint64_t total(const slice_heads& heads) { return std::accumulate(heads.begin(), heads.end(), std::uint64_t{0}); }

std::int64_t milliseconds(timestamp at) { return at.time_since_epoch().count(); }

void bind_maybe(statement& into, int index, const std::optional<timestamp>& at) {
  at ? into.bind(index, milliseconds(*at)) : into.bind_null(index);
}

void bind_maybe(statement& into, int index, const std::optional<uuid>& id) {
  id ? into.bind(index, id->bytes) : into.bind_null(index);
}

bool ok(int code) { return code == SQLITE_OK; }

}  // namespace

result<std::unique_ptr<sqlite_fold_writer>> sqlite_fold_writer::make(connection read_database, connection journal) {
  std::unique_ptr<sqlite_fold_writer> writer(new sqlite_fold_writer(std::move(read_database), std::move(journal)));
  if (auto done = writer->prepare(); !done)
    return done.error();
  return writer;
}

result<void> sqlite_fold_writer::prepare() {
  auto next = journal_.prepare(next_events_sql);
  if (!next)
    return next.error();
  next_events_ = std::move(*next);
  const std::pair<statement*, std::string_view> all[] = {
    {&read_progress_, "select slice, nr from fold_progress"},
    {&move_position_, "update fold_position set position = ?1 where position = ?2"},
    {&set_progress_, "insert into fold_progress values (?, ?) on conflict (slice) do update set nr = excluded.nr"},
    {&set_head_, set_head_sql},
    {&purge_list_, "delete from lists where id = ?"},
    {&purge_members_, "delete from list_member where list_id = ?"},
    {&purge_tasks_, "delete from tasks where list_id = ?"},
    {&put_list_, put_list_sql},
    {&put_member_, put_member_sql},
    {&drop_member_, "delete from list_member where user_id = ? and list_id = ? and rev < ?"},
    {&put_task_, put_task_sql},
    {&drop_task_, "delete from tasks where list_id = ? and id = ? and rev < ?"}};
  for (const auto& [into, sql] : all) {
    auto made = db_.prepare(sql);
    if (!made)
      return made.error();
    *into = std::move(*made);
  }
  return {};
}

result<slice_heads> sqlite_fold_writer::progress() {
  slice_heads heads{};
  int code;
  while ((code = read_progress_.step()) == SQLITE_ROW)
    heads[static_cast<std::size_t>(read_progress_.integer(0)) % slice_count] = read_progress_.natural(1);
  read_progress_.reset();
  if (code != SQLITE_DONE)
    return db_.failure("reading the progress of the projections");
  return heads;
}

result<std::vector<event_ptr>> sqlite_fold_writer::unfolded(const slice_heads& heads, std::size_t limit) {
  std::vector<event_ptr> events;
  next_events_.with(total(heads), static_cast<std::uint64_t>(limit));
  int code;
  while ((code = next_events_.step()) == SQLITE_ROW) {
    auto event = read_event(next_events_, nullptr);
    if (!event) {
      next_events_.reset();
      return event.error();
    }
    events.push_back(std::move(*event));
  }
  next_events_.reset();
  if (code != SQLITE_DONE)
    return journal_.failure("reading the journal");
  return events;
}

fold_status sqlite_fold_writer::write(const fold_rows& rows, const slice_heads& from, const slice_heads& to) {
  transaction changes(db_);
  if (!changes.begin())
    return fold_status::unavailable;
  bool moved = false;
  if (!move_progress(from, to, moved))
    return moved ? fold_status::moved : fold_status::unavailable;
  const bool written =
    write_purges(rows) && write_lists(rows) && write_members(rows) && write_tasks(rows) && write_heads(rows);
  return written && changes.commit() ? fold_status::written : fold_status::unavailable;
}

result<void> sqlite_fold_writer::clear() { return clear_projections(db_); }

bool sqlite_fold_writer::move_progress(const slice_heads& from, const slice_heads& to, bool& moved) {
  if (!ok(move_position_.with(total(to), total(from)).run()))
    return false;
  moved = sqlite3_changes(db_.raw()) == 0;
  if (moved)
    return false;
  for (std::size_t slice = 0; slice < slice_count; ++slice)
    if (from[slice] != to[slice] && !ok(set_progress_.with(static_cast<int>(slice), to[slice]).run()))
      return false;
  return true;
}

bool sqlite_fold_writer::write_purges(const fold_rows& rows) {
  for (const auto& [list, seq] : rows.purged_lists)
    for (auto* purge : {&purge_list_, &purge_members_, &purge_tasks_})
      if (!ok(purge->with(list.bytes).run()))
        return false;
  return true;
}

bool sqlite_fold_writer::write_lists(const fold_rows& rows) {
  for (const auto& [id, list] : rows.lists) {
    put_list_.with(id.bytes, list.rev, list.name, list.name_folded, milliseconds(list.created_at));
    bind_maybe(put_list_, 6, list.archived_at);
    put_list_.bind(7, list.deleted ? 1 : 0).bind(8, list.mask);
    if (!ok(put_list_.run()))
      return false;
  }
  return true;
}

bool sqlite_fold_writer::write_members(const fold_rows& rows) {
  for (const auto& [key, member] : rows.members) {
    const auto& [list, user] = key;
    const int code = member.role.empty()
                       ? drop_member_.with(user.bytes, list.bytes, member.rev).run()
                       : put_member_.with(user.bytes, list.bytes, member.rev, member.role).run();
    if (!ok(code))
      return false;
  }
  return true;
}

bool sqlite_fold_writer::write_tasks(const fold_rows& rows) {
  for (const auto& [key, task] : rows.tasks)
    if (!write_task(key.first, key.second, task))
      return false;
  return true;
}

bool sqlite_fold_writer::write_task(const uuid& list, const uuid& id, const task_change& task) {
  if (task.gone)
    return ok(drop_task_.with(list.bytes, id.bytes, task.rev).run());
  put_task_.with(list.bytes, id.bytes, task.rev, task.deleted ? 1 : 0);
  bind_maybe(put_task_, 5, task.section_id);
  bind_maybe(put_task_, 6, task.parent_id);
  put_task_.bind(7, task.status).bind(8, task.priority);
  bind_maybe(put_task_, 9, task.due_at);
  put_task_.bind(10, milliseconds(task.updated_at)).bind(11, milliseconds(task.created_at));
  put_task_.bind(12, task.number).bind(13, task.position).bind(14, task.title).bind(15, task.mask);
  return ok(put_task_.run());
}

bool sqlite_fold_writer::write_heads(const fold_rows& rows) {
  for (const auto& [ref, seq] : rows.heads)
    if (!ok(set_head_.with(static_cast<int>(ref.kind), ref.id, seq).run()))
      return false;
  return true;
}

}  // namespace callboard::sqlite
