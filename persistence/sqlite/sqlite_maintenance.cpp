#include "persistence/sqlite/sqlite_maintenance.hpp"

#include "persistence/sqlite/event_rows.hpp"
#include "persistence/sqlite/sqlite_migrations.hpp"
#include "persistence/sqlite/store_files.hpp"
#include "persistence/sqlite/store_identity.hpp"
#include "persistence/store_url.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

namespace callboard {
namespace sqlite {
namespace {

// By entity, so that one link is kept at a time; in pages, so that no read holds the WAL back for long.
// Two arms, since the newest rows may not be in the index by entity yet.
constexpr auto chain_sql =
  "with next (kind, id, seq, position) as ("
  "select * from (select kind, id, seq, position from journal_index"
  " where (kind, id, seq) > (?1, ?2, ?3) order by kind, id, seq limit 2000) "
  "union "
  "select * from (select kind, id, seq, position from journal where position > (select upto from slice_head_position)"
  " and (kind, id, seq) > (?1, ?2, ?3) order by kind, id, seq limit 2000)) "
  "select j.kind, j.id, slice, nr, j.seq, epoch, at, type, actor, link, meta, payload "
  "from next join journal j on j.position = next.position order by next.kind, next.id, next.seq limit 2000";

/// The chain of one entity after the other.
struct chain_check {
  chain_report report;
  entity_ref at;
  std::uint64_t seq = 0;
  std::array<std::uint8_t, 16> link{};

  bool take(const recorded_event& event, std::string_view meta) {
    if (*event.entity != at || report.entities == 0) {
      at = *event.entity;
      seq = 0;
      link = {};
      ++report.entities;
    }
    link = chain_link(link, event, meta);
    ++report.events;
    if (event.seq == ++seq && event.link == link)
      return true;
    report.broken = std::string(to_string(at.kind)) + ":" + at.id + " seq " + std::to_string(event.seq);
    return false;
  }
};

class sqlite_maintenance final : public store_maintenance {
 public:
  explicit sqlite_maintenance(store_files files) : files_(std::move(files)) {}

  result<chain_report> verify_chain(const progress_callback& progress) override {
    auto db = connection::open(files_.database, open_mode::read_write);
    if (!db)
      return db.error();
    auto page = db->prepare(chain_sql);
    if (!page)
      return page.error();
    chain_check check;
    for (;;) {
      const auto before = check.report.events;
      if (auto done = check_page(*db, *page, check); !done)
        return done.error();
      if (check.report.broken || check.report.events == before)
        return check.report;
      if (progress)
        progress(check.report.events);
    }
  }

  result<std::uint64_t> new_epoch() override {
    auto lock = instance_lock::take(files_.directory);
    if (!lock)
      return lock.error();
    return renew_stream_epoch(files_.database);
  }

  result<void> backup(const std::string& directory) override {
    std::error_code error;
    if (std::filesystem::exists(directory, error) && !std::filesystem::is_empty(directory, error))
      return refuse(problem_code::conflict, directory + " is not empty");
    const auto target = files_of("sqlite:" + directory);
    if (!target)
      return target.error();
    if (auto made = make_private(*target); !made)
      return made;
    // Without projections: they are folded anew at the first start.
    return copy(target->database);
  }

 private:
  static result<void> check_page(connection& db, statement& page, chain_check& check) {
    const auto id = check.at.id;
    const int kind = check.report.entities == 0 ? 0 : static_cast<int>(check.at.kind);
    page.with(kind, id, check.seq);
    int code;
    while ((code = page.step()) == SQLITE_ROW) {
      const auto event = read_event(page, nullptr);
      if (!event) {
        page.reset();
        return event.error();
      }
      if (!check.take(**event, page.text(10)))
        break;
    }
    page.reset();
    if (code != SQLITE_DONE && code != SQLITE_ROW)
      return db.failure("reading the journal");
    return {};
  }

  result<void> copy(const std::string& path) {
    auto from = connection::open(files_.database, open_mode::read_write);
    auto to = connection::open(path, open_mode::create);
    if (!from || !to)
      return from ? to.error() : from.error();
    auto* copying = sqlite3_backup_init(to->raw(), "main", from->raw(), "main");
    if (!copying)
      return to->failure("starting a backup");
    // In one step: a copy in several begins again with every commit of the server.
    const int stepped = sqlite3_backup_step(copying, -1);
    const int finished = sqlite3_backup_finish(copying);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK)
      return to->failure("copying the store");
    const auto sound = to->number("select count(*) from pragma_quick_check where quick_check <> 'ok'");
    if (!sound || *sound != 0)
      return refuse(problem_code::internal, "the copy in " + path + " is damaged");
    return {};
  }

  const store_files files_;
};

result<store_files> existing_files(const store_settings& settings) {
  auto files = files_of(settings.url);
  if (files && !std::filesystem::exists(files->database))
    return no_store_in(files->directory);
  return files;
}

}  // namespace
}  // namespace sqlite

result<std::unique_ptr<store_maintenance>> open_sqlite_maintenance(const store_settings& settings) {
  auto files = sqlite::existing_files(settings);
  if (!files)
    return files.error();
  return std::unique_ptr<store_maintenance>(std::make_unique<sqlite::sqlite_maintenance>(std::move(*files)));
}

result<std::unique_ptr<migration_target>> open_sqlite_migrations(const store_settings& settings, bool exclusive) {
  using namespace sqlite;
  auto files = exclusive ? files_of(settings.url) : existing_files(settings);
  if (!files)
    return files.error();
  std::optional<instance_lock> held;
  if (exclusive) {
    if (auto made = make_private(*files); !made)
      return made.error();
    auto lock = instance_lock::take(files->directory);
    if (!lock)
      return lock.error();
    held = std::move(*lock);
  }
  auto db = connection::open(files->database, open_mode::read_write);
  if (!db)
    return db.error();
  if (auto set = db->run("pragma journal_mode = wal"); !set)
    return set.error();
  return std::unique_ptr<migration_target>(
    std::make_unique<sqlite_migration_target>(std::move(*db), std::move(held)));
}

}  // namespace callboard
