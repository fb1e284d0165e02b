#include "persistence/sqlite/sqlite_lists.hpp"

#include "persistence/fold_rows.hpp"

#include <sqlite3.h>

namespace callboard::sqlite {
namespace {

// Few rows a user: the memberships are the way in, the rest is a filter.
constexpr auto lists_sql_head =
  "select l.id, l.created_at from list_member m cross join lists l on l.id = m.list_id "
  "where m.user_id = ?1 and l.deleted = 0 and (?2 < 0 or (l.archived_at is not null) = ?2) "
  "and (?3 = '' or instr(l.name_folded, ?3) > 0) and (?4 = 0 or (l.created_at, l.id) ";
constexpr auto owned_sql =
  "select count(*) from list_member m cross join lists l on l.id = m.list_id "
  "where m.user_id = ? and m.role = 'owner' and l.deleted = 0";
constexpr auto locate_sql =
  "select t.list_id from tasks t cross join list_member m on m.user_id = ?2 and m.list_id = t.list_id where t.id = ?1";

std::string lists_sql(bool descending) {
  return std::string(lists_sql_head) + (descending ? "<" : ">") + " (?5, ?6)) order by l.created_at" +
         (descending ? " desc, l.id desc" : ", l.id") + " limit ?7";
}

}  // namespace

result<std::vector<list::list_entry>> sqlite_lists::lists_of(const list::lists_query& query) {
  reader_pool::loan db(*pool_);
  auto select = db->prepare(lists_sql(query.descending));
  if (!select)
    return select.error();
  const auto name = query.name_contains.empty() ? std::string() : fold_case(query.name_contains);
  select->with(query.member.bytes, query.archived ? int{*query.archived} : -1, name, query.after ? 1 : 0);
  if (query.after)
    select->bind(5, std::int64_t{query.after->first.time_since_epoch().count()}).bind(6, query.after->second.bytes);
  select->bind(7, static_cast<std::uint64_t>(query.limit));
  std::vector<list::list_entry> found;
  int code;
  while ((code = select->step()) == SQLITE_ROW)
    found.push_back({uuid{select->bytes<16>(0)}, timestamp{std::chrono::milliseconds{select->integer(1)}}});
  if (code != SQLITE_DONE)
    return db->failure("finding lists");
  return found;
}

result<std::size_t> sqlite_lists::owned_count(const uuid& user) {
  reader_pool::loan db(*pool_);
  auto count = db->prepare(owned_sql);
  if (!count)
    return count.error();
  if (count->with(user.bytes).step() != SQLITE_ROW)
    return db->failure("counting lists");
  return static_cast<std::size_t>(count->integer(0));
}

result<std::vector<uuid>> sqlite_lists::locate_task(const uuid& user, const uuid& task_id) {
  reader_pool::loan db(*pool_);
  auto select = db->prepare(locate_sql);
  if (!select)
    return select.error();
  select->with(task_id.bytes, user.bytes);
  std::vector<uuid> lists;
  int code;
  while ((code = select->step()) == SQLITE_ROW)
    lists.push_back(uuid{select->bytes<16>(0)});
  if (code != SQLITE_DONE)
    return db->failure("finding a task");
  return lists;
}

result<bool> sqlite_lists::folded(const uuid& list, std::uint64_t seq) {
  if (seq == 0)
    return true;
  const auto position = journal_.position_of({entity_kind::list, to_string(list)}, seq);
  if (!position)
    return position.error();
  if (!*position)
    return false;
  reader_pool::loan db(*pool_);
  const auto folded = db->number("select position from fold_position");
  if (!folded)
    return folded.error();
  return static_cast<std::uint64_t>(*folded) >= **position;
}

}  // namespace callboard::sqlite
