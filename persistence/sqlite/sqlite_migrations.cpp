#include "persistence/sqlite/sqlite_migrations.hpp"

#include <sqlite3.h>

namespace callboard::sqlite {
namespace {

constexpr auto table_sql =
  "create table if not exists schema_migration (version integer primary key, name text not null, "
  "checksum text not null, applied_at integer not null) strict";

result<void> run_all(connection& db, std::initializer_list<std::string_view> scripts) {
  for (const auto script : scripts)
    if (auto done = db.run(script); !done)
      return done;
  return {};
}

}  // namespace

result<std::vector<applied_migration>> sqlite_migration_target::applied() {
  const auto exists = db_.number("select count(*) from sqlite_schema where name = 'schema_migration'");
  if (!exists)
    return exists.error();
  std::vector<applied_migration> rows;
  if (*exists == 0)
    return rows;
  auto select = db_.prepare("select version, name, checksum, applied_at from schema_migration order by version");
  if (!select)
    return select.error();
  int code;
  while ((code = select->step()) == SQLITE_ROW)
    rows.push_back({static_cast<unsigned>(select->integer(0)), std::string(select->text(1)),
                    std::string(select->text(2)), timestamp{std::chrono::milliseconds{select->integer(3)}}});
  if (code != SQLITE_DONE)
    return db_.failure("reading the schema's version");
  return rows;
}

result<void> sqlite_migration_target::apply(const migration& step, const applied_migration& row) {
  transaction changes(db_);
  if (auto begun = changes.begin(); !begun)
    return begun;
  if (auto done = run_all(db_, {table_sql, step.up}); !done)
    return done;
  auto insert = db_.prepare("insert into schema_migration values (?, ?, ?, ?)");
  if (!insert)
    return insert.error();
  insert->with(row.version, row.name, row.checksum, std::int64_t{row.applied_at.time_since_epoch().count()});
  if (insert->run() != SQLITE_OK)
    return db_.failure("noting a migration");
  return changes.commit();
}

result<void> sqlite_migration_target::revert(const migration& step) {
  transaction changes(db_);
  const auto forget = "delete from schema_migration where version = " + std::to_string(step.version);
  if (auto begun = changes.begin(); !begun)
    return begun;
  if (auto done = run_all(db_, {step.down, forget}); !done)
    return done;
  return changes.commit();
}

result<bool> sqlite_migration_target::has_rows(const std::string& table) {
  const auto rows = db_.number("select exists (select 1 from \"" + table + "\")");
  if (!rows)
    return rows.error();
  return *rows != 0;
}

}  // namespace callboard::sqlite
