#include "persistence/postgres/postgres_store.hpp"

#include "persistence/postgres/postgres_batch_writer.hpp"
#include "persistence/postgres/postgres_parts.hpp"
#include "persistence/postgres/postgres_reads.hpp"
#include "persistence/postgres/server_lock.hpp"
#include "persistence/postgres/take_over.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>

namespace callboard {
namespace postgres {

std::string make_stream_epoch() {
  std::random_device random;
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", random() | 1u, random());
  return text;
}

result<std::string> config_value(reader_pool& readers, const std::string& name, const std::string& if_absent) {
  std::string value;
  const auto done = readers.run([&](pqxx::transaction_base& tx) -> result<void> {
    if (!if_absent.empty())
      tx.exec_params("insert into cluster_config (key, value) values ($1, $2) on conflict (key) do nothing", name,
                     if_absent);
    const auto found = tx.exec_params("select value from cluster_config where key = $1", name);
    value = found.empty() ? "" : found[0][0].c_str();
    return {};
  });
  if (!done)
    return done.error();
  return value;
}

namespace {

using namespace std::chrono_literals;

std::vector<std::string> warnings_about(const std::vector<std::string>& unsafe) {
  if (unsafe.empty())
    return {};
  std::string line = "durability: unsafe: PostgreSQL runs with";
  for (const auto& setting : unsafe)
    line += " " + setting;
  return {line};
}

/// Asks the server whether this process still owns the store.
result<void> confirm(reader_pool& readers, const lane_fence& fence) {
  return readers.run([&fence](pqxx::transaction_base& tx) -> result<void> {
    const auto rows = tx.exec_params("select 1 from member_lane where node_id = $1 and incarnation = $2 and lane = $3"
                                     " and alive", fence.node_id, fence.incarnation, fence.lane);
    if (rows.empty())
      return refuse(problem_code::journal_unavailable, "another server has taken the store over");
    return {};
  });
}

/// By a commit, so that a full disk shows.
result<void> prove_writing(reader_pool& readers) {
  return readers.run([](pqxx::transaction_base& tx) -> result<void> {
    tx.exec0("insert into cluster_config (key, value) values ('probe', now()::text)"
             " on conflict (key) do update set value = excluded.value");
    return {};
  });
}

/// Notes that the server with this owner epoch ended in order; one that cannot is taken for dead.
void note_end(reader_pool& readers, std::uint64_t owner_epoch) {
  (void)readers.run([owner_epoch](pqxx::transaction_base& tx) -> result<void> {
    tx.exec_params0("update member set status = 'left' where incarnation = $1 and status = 'active'",
                    static_cast<std::int64_t>(owner_epoch));
    return {};
  });
}

class postgres_store final : public store_backend {
 public:
  postgres_store(const store_settings& settings, const connection_settings& connection,
                 std::unique_ptr<server_lock> lock, tenure t, std::vector<std::string> warnings)
    : lock_(std::move(lock)), tenure_(std::move(t)), warnings_(std::move(warnings)), log_(settings.log),
      readers_(connection, settings.readers), reads_(readers_), lists_(make_lists(readers_)), fold_(make_fold_writer(connection), settings.log) {
    for (const auto& fence : tenure_.fences)
      lanes_.push_back(std::make_unique<group_commit_lane>(
        std::make_unique<postgres_batch_writer>(connection, fence, tenure_.last_nrs), settings.limits,
        [this](const std::vector<lane_item>& items) { feed(items); }, settings.log));
  }
  ~postgres_store() override { stop(); }

  void start(commit_listener& listener) override {
    fold_.start();
    for (auto& lane : lanes_)
      lane->start(listener);
    lock_->watch([fence = tenure_.fences.front()](pg_connection& c) { return is_still_ours(c, fence); },
                 [&listener] { listener.fenced(); }, log_);
    running_ = true;
  }

  void stop() override {
    if (!std::exchange(running_, false))
      return;
    lock_->stop();
    for (auto& lane : lanes_)
      lane->stop();
    fold_.stop();
    note_end(readers_, tenure_.owner_epoch);
  }

  lane& lane_of(std::uint16_t slice) noexcept override { return *lanes_[slice % lanes_.size()]; }
  std::uint64_t stream_epoch() const noexcept override { return tenure_.stream_epoch; }
  std::uint64_t owner_epoch() const noexcept override { return tenure_.owner_epoch; }

  result<loaded_entity> load(const entity_ref& ref) override { return reads_.load(ref); }
  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit) override {
    return reads_.events(ref, after, limit);
  }
  result<std::vector<std::string>> entity_ids(entity_kind kind, const std::string& after, std::size_t limit) override {
    return reads_.entity_ids(kind, after, limit);
  }
  result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                  const std::array<std::uint8_t, 16>& key_hash) override {
    return reads_.find_outcome(ref, principal, key_hash);
  }
  result<std::optional<outcome_row>> find_command(const uuid& principal, const uuid& op_id) override {
    return reads_.find_command(principal, op_id);
  }
  result<void> put_snapshot(const snapshot_row& row) override { return reads_.put_snapshot(row); }
  result<std::optional<snapshot_row>> snapshot_before(const entity_ref& ref, std::uint64_t seq) override {
    return reads_.snapshot_before(ref, seq);
  }
  result<std::vector<timer_row>> timers_due(timestamp before, std::size_t limit) override {
    return reads_.timers_due(before, limit);
  }
  result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit) override {
    return reads_.outbox_pending(after, limit);
  }
  result<std::size_t> prune_outcomes(timestamp before, std::size_t limit) override {
    return reads_.prune_outcomes(before, limit);
  }
  result<std::string> config_value(const std::string& name, const std::string& if_absent) override {
    return postgres::config_value(readers_, name, if_absent);
  }
  result<void> ping() override {
    const auto says = [this](lane_state state) {
      return std::ranges::any_of(lanes_, [state](const auto& lane) { return lane->state() == state; });
    };
    const auto asked = std::chrono::steady_clock::now();
    if (auto ours = confirm(readers_, tenure_.fences.front()); !ours)
      return ours;
    last_contact_ = asked;
    if (says(lane_state::failing))
      return refuse(problem_code::journal_unavailable, "the journal cannot commit");
    return says(lane_state::unproven) ? prove_writing(readers_) : result<void>();
  }
  steady_time last_contact() const noexcept override { return last_contact_; }

  list::read_model& lists() override { return *lists_; }
  std::vector<const lane_counters*> lane_figures() const override {
    std::vector<const lane_counters*> figures;
    for (const auto& lane : lanes_)
      figures.push_back(&lane->counters());
    return figures;
  }
  const fold_counters& fold_figures() const override { return fold_.counters(); }
  result<std::uint64_t> rebuild_projections(const std::function<void(std::uint64_t)>& progress) override {
    return fold_.rebuild(progress);
  }
  std::vector<std::string> warnings() const override { return warnings_; }
  std::string_view store_name() const noexcept override { return "postgresql"; }

 private:
  void feed(const std::vector<lane_item>& items) {
    if (std::ranges::any_of(items, &lane_item::has_rows))
      last_contact_ = std::chrono::steady_clock::now();
    std::vector<event_ptr> events;
    for (const auto& item : items)
      events.insert(events.end(), item.events.begin(), item.events.end());
    if (!events.empty())
      fold_.feed(events);
  }

  std::unique_ptr<server_lock> lock_;  // last to go
  const tenure tenure_;
  const std::vector<std::string> warnings_;
  const std::function<void(std::string_view)> log_;
  reader_pool readers_;
  postgres_reads reads_;
  std::unique_ptr<list::read_model> lists_;
  fold fold_;
  std::vector<std::unique_ptr<group_commit_lane>> lanes_;
  std::atomic<steady_time> last_contact_{std::chrono::steady_clock::now()};
  bool running_ = false;
};

/// As the owner of the schema, if its address is given; the password file is that of both unless the address has one.
result<connection_settings> migrating_connection(const store_settings& settings, const connection_settings& own) {
  if (settings.migrate_url.empty() || !settings.migrate)
    return own;
  auto owner = connection_settings::parse(settings.migrate_url, "", settings.node_id);
  if (owner && !owner->has_password())
    return connection_settings::parse(settings.migrate_url, settings.password_file, settings.node_id);
  return owner;
}

result<void> bring_schema(const store_settings& settings, const connection_settings& own) {
  const auto connection = migrating_connection(settings, own);
  if (!connection)
    return connection.error();
  auto target = migrations_on(*connection);
  if (!target)
    return target.error();
  if (!settings.migrate)
    return check_schema(**target);
  if (const auto done = migrate_up(**target); !done)
    return done.error();
  return {};
}

}  // namespace
}  // namespace postgres

result<std::unique_ptr<store_backend>> make_postgres_store(const store_settings& settings) {
  using namespace postgres;
  const auto connection = connection_settings::parse(settings.url, settings.password_file, settings.node_id);
  if (!connection)
    return connection.error();
  auto lock = server_lock::take(*connection, 10s);
  if (!lock)
    return lock.error();
  if (const auto schema = bring_schema(settings, *connection); !schema)
    return schema.error();
  auto& session = (*lock)->session();
  auto tenure = take_over(session, settings.node_id, std::max(settings.lanes, 1u));
  if (!tenure)
    return tenure.error();
  auto warnings = warnings_about(unsafe_settings(session));
  return std::make_unique<postgres_store>(settings, *connection, std::move(*lock), std::move(*tenure),
                                          std::move(warnings));
}

}  // namespace callboard
