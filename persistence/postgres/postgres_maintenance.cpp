#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/pg_connection.hpp"
#include "persistence/postgres/postgres_parts.hpp"
#include "persistence/postgres/postgres_store.hpp"
#include "persistence/postgres/server_lock.hpp"

#include <pqxx/pqxx>

#include <charconv>

namespace callboard {
namespace postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto page_rows = 5'000;
const std::string page_sql = std::string("select ") + event_columns +
                             " from journal j where (j.kind, j.id, j.seq) > ($1, $2, $3)"
                             " order by j.kind, j.id, j.seq limit " + std::to_string(page_rows);
constexpr auto new_epoch_sql =
  "insert into cluster_config (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value";

std::string name_of(const recorded_event& event) {
  return std::string(to_string(event.entity->kind)) + ":" + event.entity->id + " seq " + std::to_string(event.seq);
}

/// Walks the journal entity by entity and computes every link again.
class chain_walk {
 public:
  /// Takes the rows in order; false: this one does not fit.
  bool take(const recorded_event& event, const std::string& meta) {
    ++report.events;
    if (!last_ || *last_->entity != *event.entity) {
      ++report.entities;
      link_ = {};
      seq_ = 0;
    }
    const bool fits = event.seq == seq_ + 1 && chain_link(link_, event, meta) == event.link;
    link_ = event.link;
    seq_ = event.seq;
    return fits;
  }
  void note_last(event_ptr event) { last_ = std::move(event); }
  const event_ptr& last() const { return last_; }

  chain_report report;

 private:
  event_ptr last_;
  std::array<std::uint8_t, 16> link_{};
  std::uint64_t seq_ = 0;
};

class postgres_maintenance final : public store_maintenance {
 public:
  explicit postgres_maintenance(connection_settings settings)
    : settings_(std::move(settings)), readers_(settings_, 1) {}

  result<chain_report> verify_chain(const progress_callback& progress) override {
    chain_walk walk;
    for (bool more = true; more && !walk.report.broken;) {
      const auto page = read_page(walk);
      if (!page)
        return page.error();
      more = *page;
      if (progress)
        progress(walk.report.events);
    }
    return walk.report;
  }

  result<std::uint64_t> new_epoch() override {
    auto session = pg_connection::open(settings_, "set statement_timeout = '15s'", 3s);
    if (!session)
      return session.error();
    if (const auto alone = refuse_while_served(**session); !alone)
      return alone.error();
    const auto text = make_stream_epoch();
    const parameter parameters[] = {{stream_epoch_name}, {text}};
    if (const auto done = (*session)->run(new_epoch_sql, parameters, 15s); !done.ok())
      return refuse(problem_code::journal_unavailable, "the new epoch was not written: " + done.message);
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
  }

  result<void> backup(const std::string&) override {
    return refuse(problem_code::not_implemented, "back PostgreSQL up with its own tools, such as pg_basebackup");
  }

 private:
  result<bool> read_page(chain_walk& walk) {
    std::vector<event_ptr> events;
    std::vector<std::string> metas;
    const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
      events.clear();
      metas.clear();
      const auto& last = walk.last();
      const auto rows = tx.exec_params(page_sql, last ? static_cast<int>(last->entity->kind) : 0,
                                       last ? last->entity->id : std::string(),
                                       last ? static_cast<std::int64_t>(last->seq) : 0);
      for (const auto& row : rows) {
        event_texts texts;
        for (std::size_t c = 0; c < texts.size(); ++c)
          texts[c] = {row[static_cast<int>(c)].c_str(), row[static_cast<int>(c)].size()};
        auto event = read_event(texts, &metas.emplace_back());
        if (!event)
          return event.error();
        events.push_back(std::move(*event));
      }
      return {};
    });
    if (!done)
      return done.error();
    for (std::size_t i = 0; i < events.size() && !walk.report.broken; ++i) {
      if (!walk.take(*events[i], metas[i]))
        walk.report.broken = name_of(*events[i]);
      walk.note_last(events[i]);
    }
    return events.size() == page_rows;
  }

  connection_settings settings_;
  reader_pool readers_;
};

/// Migrations while the server lock is held.
class exclusive_target final : public migration_target {
 public:
  exclusive_target(std::unique_ptr<server_lock> lock, std::unique_ptr<migration_target> target)
    : lock_(std::move(lock)), target_(std::move(target)) {}

  std::span<const migration> known() const override { return target_->known(); }
  result<std::vector<applied_migration>> applied() override { return target_->applied(); }
  result<void> apply(const migration& step, const applied_migration& row) override {
    return target_->apply(step, row);
  }
  result<void> revert(const migration& step) override { return target_->revert(step); }
  result<bool> has_rows(const std::string& table) override { return target_->has_rows(table); }

 private:
  std::unique_ptr<server_lock> lock_;
  std::unique_ptr<migration_target> target_;
};

}  // namespace
}  // namespace postgres

result<std::unique_ptr<migration_target>> open_postgres_migrations(const store_settings& settings, bool exclusive) {
  using namespace postgres;
  const auto connection = connection_settings::parse(settings.url, settings.password_file, settings.node_id);
  if (!connection)
    return connection.error();
  if (!exclusive)
    return migrations_on(*connection);
  auto lock = server_lock::take(*connection, std::chrono::seconds{0});
  if (!lock)
    return lock.error();
  auto target = migrations_on(*connection);
  if (!target)
    return target.error();
  return std::make_unique<exclusive_target>(std::move(*lock), std::move(*target));
}

result<std::unique_ptr<store_maintenance>> open_postgres_maintenance(const store_settings& settings) {
  using namespace postgres;
  const auto connection = connection_settings::parse(settings.url, settings.password_file, settings.node_id);
  if (!connection)
    return connection.error();
  return std::make_unique<postgres_maintenance>(*connection);
}

}  // namespace callboard
