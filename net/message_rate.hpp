#pragma once

#include "actors/base/timestamp.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace callboard::net {

/// A socket's rate: 50 messages a second, burst 100; 1,000 refused ones within a minute are too many. Pure.
class message_rate {
 public:
  static constexpr float per_second = 50, burst = 100;
  static constexpr std::uint32_t refused_max = 1000;
  static constexpr std::chrono::seconds refused_window{60};

  /// Counts a message; false: it is over the rate.
  bool take(steady_time now) {
    const auto passed = std::chrono::duration<float>(now - last_).count();
    tokens_ = std::min(burst, tokens_ + std::max(passed, 0.0f) * per_second);
    last_ = now;
    if (tokens_ >= 1) {
      tokens_ -= 1;
      return true;
    }
    if (now - window_ > refused_window) {
      window_ = now;
      refused_ = 0;
    }
    ++refused_;
    return false;
  }
  /// Until the next message will do.
  std::uint32_t retry_after_ms() const noexcept {
    return static_cast<std::uint32_t>(std::max(1.0f, (1 - tokens_) / per_second * 1000));
  }
  bool abused() const noexcept { return refused_ >= refused_max; }

 private:
  steady_time last_{}, window_{};
  float tokens_ = burst;
  std::uint32_t refused_ = 0;
};

}  // namespace callboard::net
