#include "cluster/waiting_line.hpp"

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace callboard::cluster {

using namespace std::chrono_literals;

waiting_line::waiting_line(std::string what) : what_(std::move(what)) {
  if (isatty(STDERR_FILENO))
    thread_ = std::thread([this] { run(); });
  else
    std::fprintf(stderr, "%s ...\n", what_.c_str());
}

waiting_line::~waiting_line() {
  if (!thread_.joinable())
    return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  wake_.notify_all();
  thread_.join();
  std::fputc('\n', stderr);
}

std::string waiting_line::text(std::string_view what, std::int64_t seconds, std::uint64_t events) {
  auto out = std::string(what) + ": " + std::to_string(seconds) + " s";
  if (events > 0)
    out += ", " + std::to_string(events) + " events";
  return out;
}

void waiting_line::run() {
  const auto begun = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  do {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
    std::fprintf(stderr, "\r\033[K%s", text(what_, seconds.count(), done_.load(std::memory_order_relaxed)).c_str());
  } while (!wake_.wait_for(lock, 1s, [this] { return is_over_; }));
}

}  // namespace callboard::cluster
