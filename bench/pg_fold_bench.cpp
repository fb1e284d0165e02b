// Processor time an event of the fold on PostgreSQL: of its thread here, and of its backend there.
// Run it under `tests/run-with-postgres --fsync`: it uses the server of the PG* variables.
#include "persistence/fold.hpp"
#include "persistence/postgres/postgres_parts.hpp"
#include "persistence/postgres/postgres_store.hpp"
#include "tests/contract/entity_script.hpp"

#include <pqxx/pqxx>

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

using namespace callboard;

constexpr std::size_t lists = 400;

double own_cpu_s() {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(used.ru_utime) + s(used.ru_stime);
}

/// Of a server process on this machine; finer than the ticks of /proc/<pid>/stat.
double process_cpu_s(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  double ns = 0;
  file >> ns;
  return ns / 1e9;
}

int backend_of_the_fold() {
  pqxx::connection db;
  pqxx::nontransaction tx(db);
  return tx.exec1("select pid from pg_stat_activity where query like 'select%from fold_progress%'"
                  " and pid <> pg_backend_pid()")[0].as<int>();
}

std::string created(const std::string& list, const std::string& id, std::size_t number) {
  return R"({"id":")" + id + R"(","list_id":")" + list + R"(","number":)" + std::to_string(number) +
         R"(,"parent_id":null,"section_id":null,"title":"Buy oat milk and bread","note":"","status":"pending",)"
         R"("priority":"medium","tags":[],"assignees":[],"due_at":null,"start_at":null,"checklist":[],"links":[],)"
         R"("position":"a0V)" + std::to_string(number) + R"(","rev":)" + std::to_string(number) +
         R"(,"depends_on":[],"custom":{},"estimate_minutes":null,"created_by":"01930000-0000-7000-8000-000000000001",)"
         R"("created_at":"2026-11-20T20:00:00.000Z","updated_at":"2026-11-20T20:00:00.000Z","completed_at":null,)"
         R"("completed_by":null,"deleted_at":null})";
}

struct load {
  std::vector<contract::entity_script> scripts;
  std::vector<std::vector<std::string>> tasks;
  std::array<std::uint64_t, slice_count> nrs{};
  std::size_t next = 0;

  load() : tasks(lists) {
    for (std::size_t i = 0; i < lists; ++i)
      scripts.emplace_back(to_string(make_uuid_v7()));
  }

  event_ptr event(bool create) {
    const auto which = next++ % lists;
    auto& script = scripts[which];
    auto& known = tasks[which];
    event_ptr made;
    if (create || known.empty()) {
      known.push_back(to_string(make_uuid_v7()));
      made = script.next_event("task.created.v1", created(script.ref().id, known.back(), known.size()), known.back());
    } else {
      made = script.next_event("task.completed.v1",
                               R"({"status":"completed","completed_at":"2026-11-20T20:00:00.000Z",)"
                               R"("updated_at":"2026-11-20T20:00:00.000Z"})",
                               known[next % known.size()]);
    }
    auto numbered = std::make_shared<recorded_event>(*made);
    numbered->nr = ++nrs[numbered->slice];
    return numbered;
  }
};

bool bench(fold_writer& writer, load& from, slice_heads& heads, int pid, std::size_t batch, bool create) {
  constexpr std::size_t total = 40'000;
  double client = 0;
  const double server = process_cpu_s(pid);
  for (std::size_t done = 0; done < total; done += batch) {
    std::vector<event_ptr> events;
    for (std::size_t i = 0; i < batch; ++i)
      events.push_back(from.event(create));
    const double begun = own_cpu_s();
    fold_rows rows;
    auto to = heads;
    for (const auto& event : events) {
      take_in(rows, *event);
      to[event->slice] = event->nr;
    }
    if (writer.write(rows, heads, to) != fold_status::written)
      return false;
    heads = to;
    client += own_cpu_s() - begun;
  }
  std::printf("%-9s %4zu events a fold  client %5.2f us/event  server %5.2f us/event\n", create ? "created" : "completed",
              batch, client / total * 1e6, (process_cpu_s(pid) - server) / total * 1e6);
  std::fflush(stdout);
  return true;
}

}  // namespace

int main() {
  store_settings settings;
  settings.url = "postgresql://";
  auto target = open_postgres_migrations(settings, true);
  const auto connection = postgres::connection_settings::parse(settings.url, "", "bench");
  if (!target || !connection || !migrate_up(**target)) {
    std::printf("no server: run under tests/run-with-postgres --fsync\n");
    return 1;
  }
  const auto writer = postgres::make_fold_writer(*connection);
  auto heads = writer->progress();
  if (!heads)
    return 1;
  const int pid = backend_of_the_fold();
  load events;
  for (const std::size_t batch : {20, 100, 400, 2'000})
    for (const bool create : {true, false})
      if (!bench(*writer, events, *heads, pid, batch, create)) {
        std::printf("a fold was refused\n");
        return 1;
      }
  return 0;
}
