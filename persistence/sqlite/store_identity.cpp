#include "persistence/sqlite/store_identity.hpp"

#include "actors/base/event.hpp"
#include "persistence/sqlite/connection.hpp"

#include <sodium.h>
#include <sqlite3.h>

#include <cstdlib>

namespace callboard::sqlite {
namespace {

std::uint64_t random_epoch() {
  std::uint64_t epoch = 0;
  randombytes_buf(&epoch, sizeof epoch);
  return epoch;
}

result<connection> open_durable(const std::string& database) {
  auto db = connection::open(database, open_mode::read_write);
  if (!db)
    return db;
  if (auto set = db->run("pragma synchronous = full"); !set)
    return set.error();
  return db;
}

std::int64_t now_ms() { return wall_now().time_since_epoch().count(); }

}  // namespace

result<std::string> keep_config(const std::string& database, const std::string& name, const std::string& if_absent) {
  auto db = open_durable(database);
  if (!db)
    return db.error();
  auto put = db->prepare("insert into config values (?, ?) on conflict (name) do nothing");
  auto get = db->prepare("select value from config where name = ?");
  if (!put || !get)
    return db->failure("preparing a named value");
  if (!if_absent.empty() && put->with(name, if_absent).run() != SQLITE_OK)
    return db->failure("keeping a named value");
  const auto got = get->with(name).step();
  if (got == SQLITE_DONE && if_absent.empty())
    return std::string{};
  if (got != SQLITE_ROW)
    return db->failure("reading a named value");
  return std::string(get->text(0));
}

result<store_identity> begin_incarnation(const std::string& database, const std::string& node_id) {
  auto epoch = keep_config(database, "stream_epoch", epoch_text(random_epoch()));
  if (!epoch)
    return epoch.error();
  auto db = open_durable(database);
  if (!db)
    return db.error();
  transaction changes(*db);
  if (auto begun = changes.begin(); !begun)
    return begun.error();
  const auto last = db->number("select max(incarnation) from member");
  if (!last)
    return last.error();
  auto insert = db->prepare("insert into member values (?, ?, 'active', ?)");
  if (!insert)
    return insert.error();
  const auto incarnation = *last + 1;
  if (auto ended = db->run("update member set status = 'dead' where status = 'active'"); !ended)
    return ended.error();
  if (insert->with(incarnation, node_id, now_ms()).run() != SQLITE_OK)
    return db->failure("noting a start");
  if (auto done = changes.commit(); !done)
    return done.error();
  return store_identity{std::strtoull(epoch->c_str(), nullptr, 16), static_cast<std::uint64_t>(incarnation)};
}

void note_end(const std::string& database, std::uint64_t owner_epoch) {
  if (auto db = connection::open(database, open_mode::read_write))
    (void)db->run("update member set status = 'left' where incarnation = " + std::to_string(owner_epoch));
}

result<std::uint64_t> renew_stream_epoch(const std::string& database) {
  auto db = open_durable(database);
  if (!db)
    return db.error();
  auto put = db->prepare("insert into config values ('stream_epoch', ?) "
                         "on conflict (name) do update set value = excluded.value");
  if (!put)
    return put.error();
  const auto epoch = random_epoch();
  const auto text = epoch_text(epoch);
  if (put->with(text).run() != SQLITE_OK)
    return db->failure("writing the stream epoch");
  return epoch;
}

result<void> probe(const std::string& database) {
  auto db = open_durable(database);
  if (!db)
    return db.error();
  return db->run("insert into config values ('probe', '" + std::to_string(now_ms()) +
                 "') on conflict (name) do update set value = excluded.value");
}

}  // namespace callboard::sqlite
