#pragma once

#include "actors/base/timestamp.hpp"
#include "persistence/postgres/connection_settings.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace callboard::postgres {

/// One parameter of a statement; text unless `binary`. The bytes outlive the call.
struct parameter {
  std::string_view value;
  bool binary = false;
  std::uint32_t type = 0;  ///< 0: the server infers it
};

/// How a statement ended.
enum class reply_status : std::uint8_t {
  ok,
  refused,   ///< the server said no and stays connected: nothing was applied
  not_sent,  ///< there was no connection to send it on: nothing was applied
  lost,      ///< sent, and no answer came in time: the connection is closed
};

struct free_result {
  void operator()(pg_result* r) const noexcept;
};

/// The server's answer; rows as text.
struct reply {
  reply_status status = reply_status::not_sent;
  std::unique_ptr<pg_result, free_result> rows{};
  std::string sqlstate{};
  std::string constraint{};
  std::string message{};  ///< the server's first line, without row data

  bool ok() const noexcept { return status == reply_status::ok; }
  std::size_t size() const noexcept;
  std::string_view at(std::size_t row, int column) const;
  std::int64_t number(std::size_t row, int column) const;
  bool is_null(std::size_t row, int column) const;
  /// Rows that an insert, update or delete touched.
  std::size_t affected() const;
};

/// One libpq connection of one thread on which no call takes longer than its deadline. Never reconnects by itself.
class pg_connection {
 public:
  /// Connects and applies the `set …` statements.
  static result<std::unique_ptr<pg_connection>> open(const connection_settings& settings, const std::string& set_up,
                                                     std::chrono::milliseconds patience);
  ~pg_connection();

  /// Runs several statements without parameters; the last one's answer.
  reply run(const std::string& statements, std::chrono::milliseconds patience);
  /// Runs one statement.
  reply run(const std::string& statement, std::span<const parameter> parameters, std::chrono::milliseconds patience);
  /// Prepares a statement under a name; the parameters' types are given.
  reply prepare(const std::string& name, const std::string& statement, std::span<const parameter> parameters,
                std::chrono::milliseconds patience);
  reply run_prepared(const std::string& name, std::span<const parameter> parameters,
                     std::chrono::milliseconds patience);

  bool usable() const noexcept { return connection_ != nullptr; }
  /// Waits for the server to hang up; true: it did.
  bool hung_up_within(std::chrono::milliseconds patience);
  /// Process id of the server's side.
  int backend_pid() const noexcept;
  void close() noexcept;

 private:
  explicit pg_connection(pg_conn* connection) noexcept : connection_(connection) {}
  bool wait_socket(short events, steady_time deadline);
  bool connect_until(steady_time deadline);
  bool flush_until(steady_time deadline);
  reply read_reply(bool sent, steady_time deadline);

  pg_conn* connection_;
};

}  // namespace callboard::postgres
