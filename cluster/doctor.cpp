#include "cluster/doctor.hpp"

#include "cluster/settings.hpp"
#include "persistence/maintenance.hpp"
#include "persistence/migrations.hpp"

#include <cstdio>
#include <unistd.h>

namespace callboard::cluster {
namespace {

using level = finding::level;

bool is_loopback(const std::string& listen) {
  return listen.starts_with("127.") || listen.starts_with("localhost:") || listen.starts_with("[::1]");
}

finding examine_signup(const config::options& options) {
  if (options.auth.signup == "open" && !is_loopback(options.http.listen))
    return {level::warning, "signup", "anybody who reaches " + options.http.listen +
                                        " can sign up; set auth.signup=closed if that is not meant"};
  return {level::good, "signup", "auth.signup is " + options.auth.signup};
}

finding examine_schema(const store_settings& settings) {
  auto target = open_migrations(settings, false);
  if (!target)
    return {level::bad, "store", target.error().detail};
  if (const auto fits = check_schema(**target); !fits)
    return {level::bad, "schema", fits.error().detail};
  return {level::good, "schema", "is what this program expects"};
}

/// Rewrites one line while the check runs, where a person is looking.
void show_progress(std::uint64_t events) {
  if (isatty(STDERR_FILENO))
    std::fprintf(stderr, "\rchecking the journal: %llu events ", static_cast<unsigned long long>(events));
}

finding examine_chain(const store_settings& settings) {
  auto store = open_maintenance(settings);
  if (!store)
    return {level::bad, "journal", store.error().detail};
  const auto report = (*store)->verify_chain(show_progress);
  if (isatty(STDERR_FILENO))
    std::fprintf(stderr, "\r\033[K");
  if (!report)
    return {level::bad, "journal", report.error().detail};
  if (report->broken)
    return {level::bad, "journal", "the hash chain breaks at " + *report->broken +
                                     ": that row, or one before it, was changed outside the server; compare with a backup"};
  return {level::good, "journal", std::to_string(report->events) + " events of " + std::to_string(report->entities) +
                                    " entities, every link holds"};
}

}  // namespace

std::vector<finding> examine(const config::options& options) {
  const auto settings = store_settings_of(options);
  std::vector<finding> found{examine_signup(options), examine_schema(settings)};
  if (found.back().grade == level::bad)
    return found;
  found.push_back(examine_chain(settings));
  if (options.store.migrate_url.empty() && !options.store.url.starts_with("sqlite:"))
    found.push_back({level::warning, "roles",
                     "one database role serves and migrates; store.migrate_url lets the server's role do without DDL"});
  return found;
}

}  // namespace callboard::cluster
