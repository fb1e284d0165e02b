#include "cluster/store_commands.hpp"

#include "actors/base/json_writer.hpp"
#include "cluster/doctor.hpp"
#include "cluster/settings.hpp"
#include "persistence/maintenance.hpp"
#include "persistence/migrations.hpp"

#include <cstdio>

namespace callboard::cluster {
namespace {

int failed(const refusal& why) {
  std::fprintf(stderr, "error: %s\n", why.detail.c_str());
  return 1;
}

void print_states(const std::vector<migration_state>& states, bool as_json) {
  if (!as_json) {
    for (const auto& one : states)
      std::printf("%04u  %-20s %s\n", one.version, one.name.c_str(),
                  one.applied ? ("applied " + to_rfc3339(one.applied_at)).c_str() : "not applied");
    return;
  }
  json_writer w;
  w.open('{').key("items").open('[');
  for (const auto& one : states) {
    w.open('{').member("version", one.version).member("name", one.name).member("applied", one.applied);
    if (one.applied)
      w.member("applied_at", one.applied_at);
    w.close('}');
  }
  std::printf("%s\n", w.close(']').close('}').text().c_str());
}

int print_outcome(const result<std::vector<migration_state>>& outcome, bool as_json) {
  if (!outcome)
    return failed(outcome.error());
  print_states(*outcome, as_json);
  return 0;
}

/// On SQLite a running server holds the file's schema in its hands; PostgreSQL takes an upgrade beside it.
bool up_is_exclusive(const config::options& options) { return options.store.url.starts_with("sqlite:"); }

store_settings owner_settings_of(const config::options& options) {
  auto settings = store_settings_of(options);
  if (!options.store.migrate_url.empty())
    settings.url = options.store.migrate_url;
  return settings;
}

unsigned highest_applied(migration_target& target) {
  unsigned highest = 0;
  if (const auto states = migration_status(target))
    for (const auto& one : *states)
      if (one.applied)
        highest = std::max(highest, one.version);
  return highest;
}

}  // namespace

int migrate_up(const cli::cli_request& request, const config::options& options) {
  auto target = open_migrations(owner_settings_of(options), up_is_exclusive(options));
  if (!target)
    return failed(target.error());
  const auto steps = request.steps ? static_cast<std::size_t>(*request.steps) : SIZE_MAX;
  return print_outcome(callboard::migrate_up(**target, steps), request.json);
}

int migrate_down(const cli::cli_request& request, const config::options& options) {
  if (auto there = require_store(owner_settings_of(options)); !there)
    return failed(there.error());
  auto target = open_migrations(owner_settings_of(options), true);
  if (!target)
    return failed(target.error());
  const auto highest = highest_applied(**target);
  const auto steps = static_cast<unsigned>(request.steps.value_or(1));
  return print_outcome(callboard::migrate_down(**target, highest - std::min(highest, steps), request.destroy_data),
                       request.json);
}

int migrate_status(const cli::cli_request& request, const config::options& options) {
  auto target = open_migrations(owner_settings_of(options), false);
  return target ? print_outcome(migration_status(**target), request.json) : failed(target.error());
}

int new_epoch(const cli::cli_request& request, const config::options& options) {
  auto store = open_maintenance(store_settings_of(options));
  if (!store)
    return failed(store.error());
  const auto epoch = (*store)->new_epoch();
  if (!epoch)
    return failed(epoch.error());
  if (request.json)
    std::printf("{\"epoch\":\"%016llx\"}\n", static_cast<unsigned long long>(*epoch));
  else
    std::printf("the store has the new stream epoch %016llx: clients will load anew, nothing old is replayed\n",
                static_cast<unsigned long long>(*epoch));
  return 0;
}

int backup(const cli::cli_request& request, const config::options& options) {
  auto store = open_maintenance(store_settings_of(options));
  if (!store)
    return failed(store.error());
  if (auto done = (*store)->backup(request.directory); !done)
    return failed(done.error());
  if (request.json)
    std::printf("%s\n", json_writer().open('{').member("directory", request.directory).close('}').text().c_str());
  else
    std::printf("backed up to %s; serve it with --set store.url=sqlite:%s (first run `callboard journal new-epoch` on it)\n",
                request.directory.c_str(), request.directory.c_str());
  return 0;
}

int doctor(const cli::cli_request& request, const config::options& options) {
  const auto findings = examine(options);
  bool bad = false;
  json_writer w;
  w.open('{').key("checks").open('[');
  for (const auto& one : findings) {
    bad = bad || one.grade == finding::level::bad;
    const char* mark = one.grade == finding::level::good ? "ok  " : one.grade == finding::level::warning ? "warn" : "BAD ";
    if (!request.json)
      std::printf("%s  %-14s %s\n", mark, one.name.c_str(), one.detail.c_str());
    w.open('{').member("name", one.name).member("ok", one.grade != finding::level::bad);
    w.member("warning", one.grade == finding::level::warning).member("detail", one.detail).close('}');
  }
  if (request.json)
    std::printf("%s\n", w.close(']').member("ok", !bad).close('}').text().c_str());
  return bad ? 1 : 0;
}

}  // namespace callboard::cluster
