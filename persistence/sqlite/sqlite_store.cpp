#include "persistence/sqlite/sqlite_store.hpp"

#include "persistence/sqlite/checkpointer.hpp"
#include "persistence/sqlite/read_schema.hpp"
#include "persistence/sqlite/sqlite_batch_writer.hpp"
#include "persistence/sqlite/sqlite_fold_writer.hpp"
#include "persistence/sqlite/sqlite_lists.hpp"
#include "persistence/sqlite/sqlite_migrations.hpp"
#include "persistence/sqlite/sqlite_reads.hpp"
#include "persistence/sqlite/store_files.hpp"
#include "persistence/sqlite/store_identity.hpp"

#include <sqlite3.h>

namespace callboard {
namespace sqlite {
namespace {

constexpr auto put_snapshot_sql =
  "insert into snapshot (kind, id, seq, link, at, state) values (?, ?, ?, ?, ?, ?) "
  "on conflict (kind, id, seq) do update set link = excluded.link, at = excluded.at, state = excluded.state";
// The newest stays, and the last of every 2,000 events, unless all older ones are to go (?4).
constexpr auto thin_snapshots_sql =
  "delete from snapshot where kind = ?1 and id = ?2 and seq < ?3 and (?4 or seq / 2000 = ?3 / 2000)";
// Rows stand in the order in which they came, so the oldest need no index.
constexpr auto prune_outcomes_sql =
  "delete from outcome where rowid in (select rowid from outcome order by rowid limit ?2) and at < ?1";

/// Rows that no commit waits for; a lost one is made again.
class side_writer {
 public:
  explicit side_writer(connection db) : db_(std::move(db)) {}

  result<void> put_snapshot(const snapshot_row& row) {
    const auto state = compress(row.state);
    const std::lock_guard lock(mutex_);
    transaction changes(db_);
    if (auto begun = changes.begin(); !begun)
      return begun;
    auto put = db_.prepare(put_snapshot_sql);
    auto thin = db_.prepare(thin_snapshots_sql);
    if (!put || !thin)
      return db_.failure("preparing a snapshot");
    put->with(static_cast<int>(row.entity.kind), row.entity.id, row.seq, row.link,
              std::int64_t{row.at.time_since_epoch().count()});
    if (put->bind_blob(6, state).run() != SQLITE_OK)
      return db_.failure("writing a snapshot");
    if (thin->with(static_cast<int>(row.entity.kind), row.entity.id, row.seq, row.forget_older ? 1 : 0).run() != SQLITE_OK)
      return db_.failure("thinning snapshots");
    return changes.commit();
  }

  result<std::size_t> prune_outcomes(timestamp before, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    auto prune = db_.prepare(prune_outcomes_sql);
    if (!prune)
      return prune.error();
    prune->with(std::int64_t{before.time_since_epoch().count()}, static_cast<std::uint64_t>(limit));
    if (prune->run() != SQLITE_OK)
      return db_.failure("pruning outcomes");
    return static_cast<std::size_t>(sqlite3_changes(db_.raw()));
  }

 private:
  std::mutex mutex_;
  connection db_;
};

/// All that an open store consists of, in the order in which it is made.
struct parts {
  store_files files;
  instance_lock lock;
  store_identity identity;
  std::unique_ptr<sqlite_batch_writer> writer;
  std::unique_ptr<sqlite_fold_writer> fold_writer;
  std::unique_ptr<checkpointer> journal_checkpointer;
  std::unique_ptr<reader_pool> journal_readers, projection_readers;
  std::unique_ptr<side_writer> side;
};

class sqlite_store final : public store_backend {
 public:
  sqlite_store(parts made, const store_settings& settings)
      : files_(std::move(made.files)),
        lock_(std::move(made.lock)),
        identity_(made.identity),
        checkpointer_(std::move(made.journal_checkpointer)),
        reads_(std::move(made.journal_readers), made.writer->tail()),
        lists_(std::move(made.projection_readers), reads_),
        side_(std::move(made.side)),
        fold_(std::move(made.fold_writer), settings.log),
        lane_(std::move(made.writer), settings.limits, [this](const auto& items) { feed_fold(items); }, settings.log) {}

  ~sqlite_store() override { stop(); }

  void start(commit_listener& listener) override {
    checkpointer_->start();
    fold_.start();
    lane_.start(listener);
    running_ = true;
  }

  void stop() override {
    lane_.stop();
    fold_.stop();
    checkpointer_->stop();
    if (std::exchange(running_, false))
      note_end(files_.database, identity_.owner_epoch);
  }

  lane& lane_of(std::uint16_t) noexcept override { return lane_; }
  std::uint64_t stream_epoch() const noexcept override { return identity_.stream_epoch; }
  std::uint64_t owner_epoch() const noexcept override { return identity_.owner_epoch; }

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
  result<void> put_snapshot(const snapshot_row& row) override { return side_->put_snapshot(row); }
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
    return side_->prune_outcomes(before, limit);
  }
  result<std::string> config_value(const std::string& name, const std::string& if_absent) override {
    return keep_config(files_.database, name, if_absent);
  }
  result<void> ping() override {
    switch (lane_.state()) {
      case lane_state::well: return {};
      case lane_state::unproven: return probe(files_.database);
      case lane_state::failing: break;
    }
    return refuse(problem_code::journal_unavailable, "the journal cannot commit");
  }

  /// The lock file keeps everyone else out.
  steady_time last_contact() const noexcept override { return std::chrono::steady_clock::now(); }

  list::read_model& lists() override { return lists_; }
  std::vector<const lane_counters*> lane_figures() const override { return {&lane_.counters()}; }
  const fold_counters& fold_figures() const override { return fold_.counters(); }
  result<std::uint64_t> rebuild_projections(const std::function<void(std::uint64_t)>& progress) override {
    return fold_.rebuild(progress);
  }
  std::vector<std::string> warnings() const override { return {}; }
  std::string_view store_name() const noexcept override { return "sqlite"; }

 private:
  void feed_fold(const std::vector<lane_item>& items) {
    std::vector<event_ptr> events;
    for (const auto& item : items)
      events.insert(events.end(), item.events.begin(), item.events.end());
    fold_.feed(events);
  }

  const store_files files_;
  instance_lock lock_;
  const store_identity identity_;
  std::unique_ptr<checkpointer> checkpointer_;
  sqlite_reads reads_;
  sqlite_lists lists_;
  std::unique_ptr<side_writer> side_;
  fold fold_;
  group_commit_lane lane_;
  bool running_ = false;
};

result<void> open_schema(const store_files& files, bool migrate) {
  auto db = connection::open(files.database, open_mode::create);
  if (!db)
    return db.error();
  if (auto set = db->run("pragma journal_mode = wal"); !set)
    return set;
  sqlite_migration_target target(std::move(*db));
  if (!migrate)
    return check_schema(target);
  auto done = migrate_up(target);
  if (!done)
    return done.error();
  return {};
}

result<void> open_projections(parts& made, unsigned readers) {
  auto journal = connection::open(made.files.database, open_mode::read_write);
  if (!journal)
    return journal.error();
  const auto end = journal->number("select max(position) from journal");
  if (!end)
    return end.error();
  auto db = open_read_database(made.files.projections, made.identity.stream_epoch, static_cast<std::uint64_t>(*end));
  if (!db)
    return db.error();
  auto writer = sqlite_fold_writer::make(std::move(*db), std::move(*journal));
  if (!writer)
    return writer.error();
  made.fold_writer = std::move(*writer);
  auto pool = reader_pool::open(made.files.projections, readers);
  if (!pool)
    return pool.error();
  made.projection_readers = std::move(*pool);
  return {};
}

result<void> open_journal(parts& made, unsigned readers) {
  auto lane_db = connection::open(made.files.database, open_mode::read_write);
  auto copier = connection::open(made.files.database, open_mode::read_write);
  auto side = connection::open(made.files.database, open_mode::read_write);
  for (const auto* opened : {&lane_db, &copier, &side})
    if (!*opened)
      return opened->error();
  if (auto set = side->run("pragma synchronous = normal; pragma wal_autocheckpoint = 0"); !set)
    return set;
  made.side = std::make_unique<side_writer>(std::move(*side));
  made.journal_checkpointer = std::make_unique<checkpointer>(std::move(*copier));
  auto writer = sqlite_batch_writer::make(std::move(*lane_db));
  if (!writer)
    return writer.error();
  made.writer = std::move(*writer);
  made.journal_checkpointer->watch(made.writer->database());
  auto pool = reader_pool::open(made.files.database, readers);
  if (!pool)
    return pool.error();
  made.journal_readers = std::move(*pool);
  return {};
}

}  // namespace
}  // namespace sqlite

result<std::unique_ptr<store_backend>> make_sqlite_store(const store_settings& settings) {
  using namespace sqlite;
  parts made;
  auto files = files_of(settings.url);
  if (!files)
    return files.error();
  made.files = std::move(*files);
  if (auto done = make_private(made.files); !done)
    return done.error();
  auto lock = instance_lock::take(made.files.directory);
  if (!lock)
    return lock.error();
  made.lock = std::move(*lock);
  if (auto done = open_schema(made.files, settings.migrate); !done)
    return done.error();
  auto identity = begin_incarnation(made.files.database, settings.node_id);
  if (!identity)
    return identity.error();
  made.identity = *identity;
  if (auto done = open_journal(made, settings.readers); !done)
    return done.error();
  if (auto done = open_projections(made, settings.readers); !done)
    return done.error();
  return std::unique_ptr<store_backend>(std::make_unique<sqlite_store>(std::move(made), settings));
}

}  // namespace callboard
