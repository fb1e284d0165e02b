// Rows a second of the lane's batch statement beside pgbench's prepared single-row inserts with 64 clients.
// Run it under `tests/run-with-postgres --fsync`: it uses the server of the PG* variables and leaves nothing behind.
#include "persistence/postgres/postgres_batch_writer.hpp"
#include "persistence/postgres/postgres_store.hpp"
#include "persistence/postgres/take_over.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace callboard;
using namespace callboard::postgres;
using namespace std::chrono_literals;
using seconds_f = std::chrono::duration<double>;

constexpr auto run_time = 4s;

double own_cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(used.ru_utime) + s(used.ru_stime);
}

/// Of a server process on this machine.
double process_cpu_s(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string field;
  double ticks = 0;
  for (int i = 1; i <= 15 && file >> field; ++i)
    if (i == 14 || i == 15)
      ticks += std::atof(field.c_str());
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::vector<std::shared_ptr<activation>> make_owners(std::size_t count) {
  std::vector<std::shared_ptr<activation>> owners;
  for (std::size_t i = 0; i < count; ++i) {
    owners.push_back(std::make_shared<activation>());
    owners.back()->ref = {entity_kind::list, to_string(make_uuid_v7())};
  }
  return owners;
}

lane_item make_item(const std::shared_ptr<activation>& owner, bool with_outcome) {
  auto event = std::make_shared<recorded_event>();
  event->entity = std::make_shared<const entity_ref>(owner->ref);
  event->slice = slice_of(owner->ref);
  event->type = "task.updated.v1";
  event->data = share(R"({"title":"Buy oat milk and bread","status":"in_progress","updated_at":"2026-01-01T00:00:00.000Z"})");
  event->actor_id = to_string(make_uuid_v7());
  event->meta.op_id = make_uuid_v7();
  event->meta.part_id = to_string(make_uuid_v7());
  event->at = wall_now();
  lane_item item;
  item.owner = owner;
  item.events = {std::move(event)};
  if (with_outcome)
    item.outcome = outcome_row{make_uuid_v7(), make_uuid_v7().bytes, {}, make_uuid_v7().bytes, 200, 1, "{}", wall_now()};
  return item;
}

void bench_batches(postgres_batch_writer& writer, std::size_t batch_rows, bool with_outcome) {
  static std::array<std::uint64_t, slice_count> nrs{};
  static std::uint64_t seq = 0;
  const auto owners = make_owners(batch_rows);
  std::vector<lane_item> items;
  std::vector<lane_item*> batch;
  for (const auto& owner : owners)
    items.push_back(make_item(owner, with_outcome));
  for (auto& item : items)
    batch.push_back(&item);
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = own_cpu_s(), server_cpu = process_cpu_s(writer.backend_pid());
  std::size_t rows = 0;
  while (std::chrono::steady_clock::now() - begin < run_time) {
    ++seq;
    for (auto& item : items) {
      item.events[0]->seq = seq;
      item.events[0]->nr = ++nrs[item.events[0]->slice];
      if (item.outcome)
        item.outcome->key_hash = make_uuid_v7().bytes;
    }
    if (const auto done = writer.commit(batch); done.status != commit_status::committed) {
      std::printf("a batch failed: %s\n", done.detail.c_str());
      return;
    }
    rows += batch_rows;
  }
  const double took = seconds_f(std::chrono::steady_clock::now() - begin).count();
  const double n = static_cast<double>(rows);
  std::printf("batch of %4zu%s  %8.0f rows/s  client %5.2f us/row  server %5.2f us/row\n", batch_rows,
              with_outcome ? " + outcome" : "          ", n / took, (own_cpu_s() - cpu) / n * 1e6,
              (process_cpu_s(writer.backend_pid()) - server_cpu) / n * 1e6);
  std::fflush(stdout);
}

int bench_pgbench() {
  const std::string script = "/tmp/callboard-pgbench-" + std::to_string(getpid()) + ".sql";
  std::ofstream(script) << "insert into journal (slice, nr, kind, seq, epoch, at, id, type, actor, payload, meta, link)"
                           " values (0, nextval('bench_nr'), 1, 1, 1, now(), gen_random_uuid()::text,"
                           " 'task.updated.v1', 'user:0190a3c4-0000-7000-8000-000000000000',"
                           " '{\"title\":\"Buy oat milk and bread\",\"status\":\"in_progress\"}',"
                           " '{\"op_id\":\"0190a3c4-0000-7000-8000-000000000000\"}', '\\x00112233445566778899aabbccddeeff');\n";
  const int failed = std::system(("pgbench -n -M prepared -c 64 -j 2 -T 4 -f " + script +
                                  " | grep -E 'tps|latency average'").c_str());
  std::remove(script.c_str());
  return failed;
}

int bench() {
  store_settings settings;
  settings.url = "postgresql://";
  settings.node_id = "bench";
  auto target = open_postgres_migrations(settings, true);
  if (!target || !migrate_up(**target)) {
    std::printf("no server: run under tests/run-with-postgres --fsync\n");
    return 1;
  }
  const auto connection = connection_settings::parse(settings.url, "", settings.node_id);
  auto session = pg_connection::open(*connection, "create sequence bench_nr start 1000000000", 5s);
  if (!session)
    return 1;
  const auto t = take_over(**session, "bench", 1);
  if (!t)
    return 1;
  postgres_batch_writer writer(*connection, t->fences[0], t->last_nrs);
  bench_batches(writer, 1, false);
  for (const std::size_t rows : {32, 256, 2000})
    for (const bool with_outcome : {false, true})
      bench_batches(writer, rows, with_outcome);
  return bench_pgbench();
}

}  // namespace

int main() { return bench(); }
