#pragma once

#include <chrono>
#include <functional>

namespace callboard::net {

/// One edge thread's loop: everything of a connection runs on it.
class event_loop {
 public:
  virtual ~event_loop() = default;
  /// Runs `work` soon on the loop's thread. Any thread; never blocks. Dropped once the loop has stopped.
  virtual void post(std::function<void()> work) noexcept = 0;
  /// Runs `work` on the loop's thread after `delay`. Loop thread only; cannot be cancelled: guard `work` yourself.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
};

}  // namespace callboard::net
