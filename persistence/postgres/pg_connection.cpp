#include "persistence/postgres/pg_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace callboard::postgres {
namespace {

/// libpq's parallel arrays of one statement's parameters.
struct parameter_arrays {
  explicit parameter_arrays(std::span<const parameter> parameters) {
    for (const auto& p : parameters) {
      types.push_back(p.type);
      values.push_back(p.value.data());
      lengths.push_back(static_cast<int>(p.value.size()));
      formats.push_back(p.binary ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(types.size()); }

  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

std::string field_of(const PGresult* r, int field) {
  const char* text = PQresultErrorField(r, field);
  return text ? text : "";
}

bool is_final_success(ExecStatusType status) {
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

/// Notices would go to standard error.
void drop_notice(void*, const PGresult*) {}

std::string first_line(const char* text) {
  const std::string_view all = text ? text : "";
  return std::string(all.substr(0, all.find('\n')));
}

}  // namespace

void free_result::operator()(pg_result* r) const noexcept { PQclear(r); }

std::size_t reply::size() const noexcept { return rows ? static_cast<std::size_t>(PQntuples(rows.get())) : 0; }

std::string_view reply::at(std::size_t row, int column) const {
  const int r = static_cast<int>(row);
  return {PQgetvalue(rows.get(), r, column), static_cast<std::size_t>(PQgetlength(rows.get(), r, column))};
}

std::int64_t reply::number(std::size_t row, int column) const {
  const auto text = at(row, column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool reply::is_null(std::size_t row, int column) const {
  return PQgetisnull(rows.get(), static_cast<int>(row), column) != 0;
}

std::size_t reply::affected() const {
  const std::string_view text = rows ? PQcmdTuples(rows.get()) : "";
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

result<std::unique_ptr<pg_connection>> pg_connection::open(const connection_settings& settings,
                                                           const std::string& set_up,
                                                           std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::vector<const char*> names, values;
  for (const auto& [name, value] : settings.keywords()) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<pg_connection> made(new pg_connection(PQconnectStartParams(names.data(), values.data(), 0)));
  if (made->connection_)
    PQsetNoticeReceiver(made->connection_, drop_notice, nullptr);
  if (!made->connect_until(deadline)) {
    const auto why = made->connection_ ? first_line(PQerrorMessage(made->connection_)) : std::string();
    return refuse(problem_code::journal_unavailable,
                  "cannot connect to PostgreSQL: " + (why.empty() ? "no answer in time" : why));
  }
  PQsetnonblocking(made->connection_, 1);
  if (!set_up.empty())
    if (const auto done = made->run(set_up, patience); !done.ok())
      return refuse(problem_code::journal_unavailable, "PostgreSQL refused the session's settings: " + done.message);
  return made;
}

pg_connection::~pg_connection() { close(); }

void pg_connection::close() noexcept {
  PQfinish(connection_);
  connection_ = nullptr;
}

int pg_connection::backend_pid() const noexcept { return connection_ ? PQbackendPID(connection_) : 0; }

bool pg_connection::wait_socket(short events, steady_time deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd one{PQsocket(connection_), events, 0};
  if (one.fd < 0)
    return false;
  const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
  return ready > 0 || (ready < 0 && errno == EINTR);
}

bool pg_connection::connect_until(steady_time deadline) {
  if (!connection_ || PQstatus(connection_) == CONNECTION_BAD)
    return false;
  auto wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED)
      return false;
    if (!wait_socket(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
      return false;
    wanted = PQconnectPoll(connection_);
  }
  return true;
}

bool pg_connection::flush_until(steady_time deadline) {
  for (;;) {
    const int left = PQflush(connection_);
    if (left <= 0)
      return left == 0;
    // A server that answers before it has read everything must be listened to, or both wait for ever.
    if (!wait_socket(POLLIN | POLLOUT, deadline) || !PQconsumeInput(connection_))
      return false;
  }
}

reply pg_connection::read_reply(bool sent, steady_time deadline) {
  reply out;
  if (!sent) {
    close();
    return out;
  }
  out.status = reply_status::lost;
  if (!flush_until(deadline)) {
    close();
    return out;
  }
  for (;;) {
    while (PQisBusy(connection_)) {
      if (!wait_socket(POLLIN, deadline) || !PQconsumeInput(connection_)) {
        close();
        return out;
      }
    }
    std::unique_ptr<pg_result, free_result> next(PQgetResult(connection_));
    if (!next)
      break;
    if (out.status == reply_status::refused)
      continue;
    const auto status = PQresultStatus(next.get());
    out.status = is_final_success(status) ? reply_status::ok : reply_status::refused;
    if (out.status == reply_status::refused) {
      out.sqlstate = field_of(next.get(), PG_DIAG_SQLSTATE);
      out.constraint = field_of(next.get(), PG_DIAG_CONSTRAINT_NAME);
      out.message = field_of(next.get(), PG_DIAG_MESSAGE_PRIMARY);
    }
    out.rows = std::move(next);
  }
  if (PQstatus(connection_) != CONNECTION_OK) {
    // libpq makes up an error of its own, without a code, when the connection breaks.
    if (out.status != reply_status::ok)
      out.status = reply_status::lost;
    close();
  }
  return out;
}

reply pg_connection::run(const std::string& statements, std::chrono::milliseconds patience) {
  if (!usable())
    return {};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  return read_reply(PQsendQuery(connection_, statements.c_str()) == 1, deadline);
}

reply pg_connection::run(const std::string& statement, std::span<const parameter> parameters,
                         std::chrono::milliseconds patience) {
  if (!usable())
    return {};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const parameter_arrays p(parameters);
  return read_reply(PQsendQueryParams(connection_, statement.c_str(), p.count(), p.types.data(), p.values.data(),
                                      p.lengths.data(), p.formats.data(), 0) == 1,
                    deadline);
}

reply pg_connection::prepare(const std::string& name, const std::string& statement,
                             std::span<const parameter> parameters, std::chrono::milliseconds patience) {
  if (!usable())
    return {};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const parameter_arrays p(parameters);
  return read_reply(PQsendPrepare(connection_, name.c_str(), statement.c_str(), p.count(), p.types.data()) == 1,
                    deadline);
}

reply pg_connection::run_prepared(const std::string& name, std::span<const parameter> parameters,
                                  std::chrono::milliseconds patience) {
  if (!usable())
    return {};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const parameter_arrays p(parameters);
  return read_reply(PQsendQueryPrepared(connection_, name.c_str(), p.count(), p.values.data(), p.lengths.data(),
                                        p.formats.data(), 0) == 1,
                    deadline);
}

bool pg_connection::hung_up_within(std::chrono::milliseconds patience) {
  if (!usable())
    return true;
  if (!wait_socket(POLLIN, std::chrono::steady_clock::now() + patience))
    return false;
  if (PQconsumeInput(connection_) && PQstatus(connection_) == CONNECTION_OK)
    return false;
  close();
  return true;
}

}  // namespace callboard::postgres
