#include "persistence/postgres/server_lock.hpp"

#include <chrono>

namespace callboard::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto patience_of_a_call = 15s;
constexpr auto session_sql =
  "set statement_timeout = '15s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '20s';"
  "set client_connection_check_interval = '1s'";
// One number for all databases: advisory locks are kept by database.
constexpr auto try_lock_sql = "select pg_try_advisory_lock(4848124, 1)";
constexpr auto wait_lock_sql = "select pg_advisory_lock(4848124, 1)";
constexpr auto holder_sql =
  "select coalesce(nullif(a.application_name, ''), 'unknown'), l.pid from pg_locks l"
  " left join pg_stat_activity a on a.pid = l.pid"
  " where l.locktype = 'advisory' and l.classid = 4848124 and l.objid = 1 and l.granted"
  " and l.database = (select oid from pg_database where datname = current_database()) limit 1";

std::string holder(pg_connection& connection) {
  const auto row = connection.run(holder_sql, patience_of_a_call);
  if (!row.ok() || row.size() == 0)
    return "unknown";
  return std::string(row.at(0, 0)) + " (backend pid " + std::string(row.at(0, 1)) + ")";
}

bool try_lock(pg_connection& connection) {
  const auto answer = connection.run(try_lock_sql, patience_of_a_call);
  return answer.ok() && answer.at(0, 0) == "t";
}

refusal held_by(const std::string& who) {
  return refuse(problem_code::journal_unavailable, "another server runs on this database: " + who +
                                                    "; stop it, or set store.url to another database");
}

}  // namespace

server_lock::server_lock(connection_settings settings, std::unique_ptr<pg_connection> connection)
  : settings_(std::move(settings)), connection_(std::move(connection)) {}

server_lock::~server_lock() { stop(); }

result<std::unique_ptr<server_lock>> server_lock::take(const connection_settings& settings,
                                                       std::chrono::milliseconds patience) {
  auto opened = pg_connection::open(settings, session_sql, 3s);
  if (!opened)
    return opened.error();
  std::unique_ptr<server_lock> lock(new server_lock(settings, std::move(*opened)));
  const auto waiting = "set lock_timeout = " + std::to_string(patience.count()) + "; " + wait_lock_sql;
  if (lock->connection_->run(waiting, patience + patience_of_a_call).ok())
    return lock;
  if (!lock->connection_->usable())
    return refuse(problem_code::journal_unavailable, "PostgreSQL closed the connection");
  return held_by(holder(*lock->connection_));
}

void server_lock::watch(std::function<bool(pg_connection&)> still_ours, std::function<void()> on_lost,
                        log_function log) {
  still_ours_ = std::move(still_ours);
  on_lost_ = std::move(on_lost);
  log_ = std::move(log);
  thread_ = std::thread([this] { run(); });
}

void server_lock::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void server_lock::run() {
  while (!stopping_) {
    if (!connection_ || connection_->hung_up_within(250ms)) {
      if (held_ && log_)
        log_("the connection that holds the server lock is lost");
      held_ = false;
      connection_.reset();
      if (auto opened = pg_connection::open(settings_, session_sql, 3s))
        connection_ = std::move(*opened);
      else
        pause();
    }
    if (!held_ && connection_)
      regain();
  }
}

void server_lock::pause() {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, 200ms, [this] { return stopping_.load(); });
}

void server_lock::regain() {
  if (!still_ours_(*connection_)) {
    if (!connection_->usable())
      return;
    if (log_)
      log_("another server has taken the store over");
    on_lost_();
    stopping_ = true;
    return;
  }
  held_ = try_lock(*connection_);
  if (held_ && log_)
    log_("the server lock is held again");
}

result<void> refuse_while_served(pg_connection& connection) {
  if (!try_lock(connection))
    return held_by(holder(connection));
  return {};
}

}  // namespace callboard::postgres
