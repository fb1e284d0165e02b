#include "persistence/sqlite/sqlite_fold_writer.hpp"

#include "persistence/sqlite/event_rows.hpp"
#include "persistence/sqlite/read_schema.hpp"

#include <sqlite3.h>

#include <cstring>
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
// No index leads from a list to its tasks: a purge is rare, and the list's events name them all; the newest of them may
// not be in their index yet.
constexpr auto named_tasks_sql =
  "select distinct j.meta ->> '$.part' from ("
  "select position from journal_index where kind = 1 and id = ?1 union "
  "select position from journal where position > (select upto from slice_head_position) and kind = 1 and id = ?1"
  ") n join journal j on j.position = n.position where j.type like 'task.%'";

std::uint64_t total(const slice_heads& heads) { return std::accumulate(heads.begin(), heads.end(), std::uint64_t{0}); }

std::int64_t milliseconds(timestamp at) { return at.time_since_epoch().count(); }

void bind_maybe(statement& into, int index, const std::optional<timestamp>& at) {
  at ? into.bind(index, milliseconds(*at)) : into.bind_null(index);
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
  auto named = journal_.prepare(named_tasks_sql);
  if (!named)
    return named.error();
  named_tasks_ = std::move(*named);
  const std::pair<statement*, std::string_view> all[] = {
    {&read_progress_, "select heads from fold_position"},
    {&move_position_, "update fold_position set position = ?1, heads = ?2 where position = ?3"},
    {&purge_list_, "delete from lists where id = ?"},
    {&purge_members_, "delete from list_member where list_id = ?"},
    {&put_list_, put_list_sql},
    {&put_member_, put_member_sql},
    {&drop_member_, "delete from list_member where user_id = ? and list_id = ? and rev < ?"},
    {&put_task_, "insert into tasks (id, list_id) values (?, ?) on conflict do nothing"},
    {&drop_task_, "delete from tasks where id = ? and list_id = ?"}};
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
  const int code = read_progress_.step();
  if (code == SQLITE_ROW)
    if (const auto bytes = read_progress_.blob(0); bytes.size() == sizeof heads)
      std::memcpy(heads.data(), bytes.data(), bytes.size());
  read_progress_.reset();
  if (code != SQLITE_ROW)
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
    write_purges(rows) && write_lists(rows) && write_members(rows) && write_tasks(rows);
  return written && changes.commit() ? fold_status::written : fold_status::unavailable;
}

result<void> sqlite_fold_writer::clear() { return clear_projections(db_); }

bool sqlite_fold_writer::move_progress(const slice_heads& from, const slice_heads& to, bool& moved) {
  const std::string_view heads(reinterpret_cast<const char*>(to.data()), sizeof to);
  move_position_.bind(1, total(to)).bind_blob(2, heads).bind(3, total(from));
  if (!ok(move_position_.run()))
    return false;
  moved = sqlite3_changes(db_.raw()) == 0;
  return !moved;
}

bool sqlite_fold_writer::write_purges(const fold_rows& rows) {
  for (const auto& [list, seq] : rows.purged_lists) {
    for (auto* purge : {&purge_list_, &purge_members_})
      if (!ok(purge->with(list.bytes).run()))
        return false;
    if (!purge_tasks(list))
      return false;
  }
  return true;
}

bool sqlite_fold_writer::purge_tasks(const uuid& list) {
  const auto name = to_string(list);
  named_tasks_.with(name);
  int code = SQLITE_DONE;
  bool dropped = true;
  while (dropped && (code = named_tasks_.step()) == SQLITE_ROW)
    if (const auto task = parse_uuid(named_tasks_.text(0)))
      dropped = ok(drop_task_.with(task->bytes, list.bytes).run());
  named_tasks_.reset();
  return dropped && code == SQLITE_DONE;
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
  for (const auto& [key, there] : rows.tasks) {
    const auto& [list, task] = key;
    if (!ok((there ? put_task_ : drop_task_).with(task.bytes, list.bytes).run()))
      return false;
  }
  return true;
}

}  // namespace callboard::sqlite
