#pragma once

#include "persistence/sqlite/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace callboard::sqlite {

/// Copies the WAL into the database file on a thread and connection of its own, so that commits do not wait for it.
class checkpointer {
 public:
  explicit checkpointer(connection db);
  ~checkpointer();

  /// Takes over automatic checkpoints of `writer`, which must outlive stop().
  void watch(connection& writer);
  void start();
  void stop();

 private:
  static int on_commit(void* self, sqlite3* db, const char* name, int frames);
  void run();
  void checkpoint();

  connection db_;
  std::chrono::steady_clock::time_point next_restart_{};  // the thread's own
  std::mutex mutex_;
  std::condition_variable wake_;
  int frames_ = 0, next_at_ = 1'000;  // guarded by mutex_
  bool stopping_ = false;             // guarded by mutex_
  std::thread thread_;
};

}  // namespace callboard::sqlite
