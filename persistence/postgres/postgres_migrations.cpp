#include "persistence/postgres/postgres_parts.hpp"

#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/pqxx_session.hpp"

#include <pqxx/pqxx>

#include <functional>

namespace callboard::postgres {
namespace {

constexpr auto session_options = "-c lock_timeout=10s -c client_connection_check_interval=1s -c bytea_output=hex";
constexpr auto table_sql =
  "create table if not exists schema_migration (version integer primary key, name text not null,"
  " checksum text not null, applied_at timestamptz not null)";
constexpr auto lock_sql = "select pg_advisory_xact_lock(4848124, 2)";

class postgres_migrations_target final : public migration_target {
 public:
  explicit postgres_migrations_target(std::unique_ptr<pqxx_session> session)
    : session_(std::move(session)) {}

  std::span<const migration> known() const override { return postgres_migrations(); }

  result<std::vector<applied_migration>> applied() override {
    std::vector<applied_migration> rows;
    const auto done = in_transaction([&rows](pqxx::work& tx) {
      if (tx.exec1("select to_regclass('schema_migration') is null")[0].as<bool>())
        return;
      for (const auto& row : tx.exec("select version, name, checksum, (extract(epoch from applied_at) * 1000)::bigint"
                                     " from schema_migration order by version"))
        rows.push_back({row[0].as<unsigned>(), row[1].c_str(), row[2].c_str(), to_time(row[3].c_str())});
    });
    if (!done)
      return done.error();
    return rows;
  }

  result<void> apply(const migration& step, const applied_migration& row) override {
    return in_transaction([&step, &row](pqxx::work& tx) {
      tx.exec(lock_sql);
      tx.exec(table_sql);
      tx.exec(std::string(step.up));
      tx.exec_params("insert into schema_migration values ($1, $2, $3, to_timestamp($4 / 1000.0))", row.version,
                     row.name, row.checksum, row.applied_at.time_since_epoch().count());
    });
  }

  result<void> revert(const migration& step) override {
    return in_transaction([&step](pqxx::work& tx) {
      tx.exec(lock_sql);
      tx.exec(std::string(step.down));
      tx.exec_params("delete from schema_migration where version = $1", step.version);
    });
  }

  result<bool> has_rows(const std::string& table) override {
    bool any = false;
    const auto done = in_transaction([&](pqxx::work& tx) {
      if (!tx.exec_params1("select to_regclass($1) is null", table)[0].as<bool>())
        any = tx.exec1("select exists (select 1 from " + tx.quote_name(table) + ")")[0].as<bool>();
    });
    if (!done)
      return done.error();
    return any;
  }

 private:
  result<void> in_transaction(const std::function<void(pqxx::work&)>& work) {
    try {
      pqxx::work tx(session_->connection);
      work(tx);
      tx.commit();
      return {};
    } catch (const std::exception& e) {
      return refuse(problem_code::journal_unavailable, std::string("migration failed: ") + e.what());
    }
  }

  std::unique_ptr<pqxx_session> session_;
};

}  // namespace

result<std::unique_ptr<migration_target>> migrations_on(const connection_settings& settings) {
  try {
    return std::make_unique<postgres_migrations_target>(std::make_unique<pqxx_session>(settings.text(session_options)));
  } catch (const std::exception&) {
    return refuse(problem_code::journal_unavailable, "cannot connect to PostgreSQL");
  }
}

}  // namespace callboard::postgres
