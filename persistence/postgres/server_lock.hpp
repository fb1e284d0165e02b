#pragma once

#include "persistence/postgres/connection_settings.hpp"
#include "persistence/postgres/pg_connection.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace callboard::postgres {

/// The session lock that only one lone server holds on a database. It keeps a second server from starting; what keeps
/// rows safe is the fence, so a lost lock is taken again and only a moved fence ends the process.
class server_lock {
 public:
  using log_function = std::function<void(std::string_view)>;

  /// Takes the lock, trying for `patience`; then refuses, naming the holder.
  static result<std::unique_ptr<server_lock>> take(const connection_settings& settings,
                                                   std::chrono::milliseconds patience);
  ~server_lock();

  /// The connection that holds the lock; only before watch().
  pg_connection& session() noexcept { return *connection_; }

  /// Starts to watch the connection. `still_ours` reads the fence; `on_lost` is called once, when it says no.
  void watch(std::function<bool(pg_connection&)> still_ours, std::function<void()> on_lost, log_function log);
  void stop();

 private:
  server_lock(connection_settings settings, std::unique_ptr<pg_connection> connection);
  void run();
  void regain();
  void pause();

  connection_settings settings_;
  std::unique_ptr<pg_connection> connection_;
  std::function<bool(pg_connection&)> still_ours_;
  std::function<void()> on_lost_;
  log_function log_;
  bool held_ = true;
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// Refuses, naming the holder, while a server runs on the database.
result<void> refuse_while_served(pg_connection& connection);

}  // namespace callboard::postgres
