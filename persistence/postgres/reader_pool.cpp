#include "persistence/postgres/reader_pool.hpp"

#include "persistence/postgres/pqxx_session.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <optional>

namespace callboard::postgres {
namespace {

constexpr auto reader_options =
  "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"
  " -c client_connection_check_interval=1s -c bytea_output=hex -c jit=off";
constexpr auto place_patience = std::chrono::seconds{5};

refusal unavailable(const char* what) { return refuse(problem_code::journal_unavailable, what); }

/// Nothing: the connection broke, and the work may be tried on another.
std::optional<result<void>> attempt(pqxx::connection& connection,
                                    const std::function<result<void>(pqxx::transaction_base&)>& work) {
  try {
    pqxx::nontransaction tx(connection);
    return work(tx);
  } catch (const pqxx::broken_connection&) {
    return std::nullopt;
  } catch (const pqxx::sql_error& e) {
    // The message may quote row data; the code says what kind of trouble it is.
    if (!connection.is_open())
      return std::nullopt;
    return result<void>(refuse(problem_code::journal_unavailable, "PostgreSQL refused a query: " + e.sqlstate()));
  } catch (const std::exception&) {
    return result<void>(unavailable("a query failed"));
  }
}

}  // namespace

reader_pool::reader_pool(connection_settings settings, std::size_t size)
  : settings_(std::move(settings)), free_places_(std::max<std::size_t>(size, 1)) {}

reader_pool::~reader_pool() = default;

std::unique_ptr<pqxx_session> reader_pool::take() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, place_patience, [this] { return free_places_ > 0; }))
    throw std::runtime_error("no reader is free");
  --free_places_;
  if (idle_.empty())
    return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void reader_pool::give_back(std::unique_ptr<pqxx_session> connection) noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++free_places_;
    if (connection)
      idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

result<void> reader_pool::run(const std::function<result<void>(pqxx::transaction_base&)>& work) {
  std::unique_ptr<pqxx_session> connection;
  try {
    connection = take();
  } catch (const std::exception&) {
    return unavailable("all connections for reading are busy");
  }
  for (int tries = 0; tries < 2; ++tries) {
    try {
      if (!connection)
        connection = std::make_unique<pqxx_session>(settings_.text(reader_options));
    } catch (const std::exception&) {
      break;
    }
    if (auto done = attempt(connection->connection, work)) {
      give_back(std::move(connection));
      return *done;
    }
    connection.reset();
  }
  give_back(nullptr);
  return unavailable("PostgreSQL cannot be reached");
}

}  // namespace callboard::postgres
