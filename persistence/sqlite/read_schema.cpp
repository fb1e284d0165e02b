#include "persistence/sqlite/read_schema.hpp"

#include "persistence/sqlite/store_files.hpp"

#include <cstdio>

namespace callboard::sqlite {
namespace {

/// Raised with every change of the tables below.
constexpr int form = 2;

constexpr auto tables_sql = R"sql(
-- heads: the last folded nr of each slice, eight bytes each, little-endian.
create table fold_position (one integer primary key check (one = 1), position integer not null,
  stream_epoch integer not null, heads blob not null) strict;
create table lists (id blob primary key, rev integer not null, name text not null, name_folded text not null,
  created_at integer not null, archived_at integer, deleted integer not null) strict, without rowid;
create table list_member (user_id blob not null, list_id blob not null, rev integer not null, role text not null,
  primary key (user_id, list_id)) strict, without rowid;
create index list_member_list on list_member (list_id);
create table tasks (id blob not null, list_id blob not null, primary key (id, list_id)) strict, without rowid;
)sql";

result<bool> fits(connection& db, std::uint64_t stream_epoch, std::uint64_t journal_end) {
  const auto version = db.number("pragma user_version");
  if (!version || *version != form)
    return false;
  const auto epoch = db.number("select stream_epoch from fold_position");
  const auto position = db.number("select position from fold_position");
  return epoch && position && static_cast<std::uint64_t>(*epoch) == stream_epoch &&
         static_cast<std::uint64_t>(*position) <= journal_end;
}

result<connection> open_file(const std::string& path) {
  if (auto made = make_private_file(path); !made)
    return made.error();
  auto db = connection::open(path, open_mode::read_write);
  if (!db)
    return db;
  if (auto set = db->run("pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16000"); !set)
    return set.error();
  return db;
}

}  // namespace

result<connection> open_read_database(const std::string& path, std::uint64_t stream_epoch, std::uint64_t journal_end) {
  {
    auto db = open_file(path);
    if (db && *fits(*db, stream_epoch, journal_end))
      return db;
  }
  for (const char* suffix : {"", "-wal", "-shm"})
    std::remove((path + suffix).c_str());
  auto db = open_file(path);
  if (!db)
    return db;
  const auto script = "begin immediate;" + std::string(tables_sql) + "insert into fold_position values (1, 0, " +
                      std::to_string(static_cast<std::int64_t>(stream_epoch)) +
                      ", x''); pragma user_version = " + std::to_string(form) + "; commit";
  if (auto made = db->run(script); !made)
    return made.error();
  return db;
}

result<void> clear_projections(connection& db) {
  return db.run(
    "begin immediate; delete from lists; delete from list_member; delete from tasks; "
    "update fold_position set position = 0, heads = x''; commit");
}

}  // namespace callboard::sqlite
