#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace callboard::cluster {

/// On a terminal, one line on standard error, rewritten every second, for a person who waits; else the line once.
class waiting_line {
 public:
  explicit waiting_line(std::string what);
  /// Ends the line; what is printed next begins a new one.
  ~waiting_line();
  waiting_line(const waiting_line&) = delete;
  waiting_line& operator=(const waiting_line&) = delete;

  /// How much is done. Any thread.
  void set_done(std::uint64_t count) noexcept { done_.store(count, std::memory_order_relaxed); }

  /// The line after so many seconds; nothing is said of a count of 0, which a server's answer does not tell.
  static std::string text(std::string_view what, std::int64_t seconds, std::uint64_t events);

 private:
  void run();

  std::string what_;
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace callboard::cluster
