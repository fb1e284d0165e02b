#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"
#include "net/event_loop.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace callboard::net {

struct bridge_options {
  std::chrono::milliseconds deadline{5000};  ///< an entity answers within this
  std::chrono::milliseconds grace{2500};     ///< beyond the deadline: then the outcome is unknown
  std::size_t pending_max = 10'000;
};

/// The one crossing between an edge thread and the entities: questions out, answers back on the loop's thread.
class bridge {
 public:
  using callback = std::function<void(answer&&)>;

  bridge(event_loop& loop, entities& target, bridge_options options = {});
  ~bridge();
  bridge(const bridge&) = delete;
  bridge& operator=(const bridge&) = delete;

  /// Asks an entity; `done` is called exactly once on the loop's thread, unless the bridge is gone by then. Loop only.
  void ask(std::shared_ptr<envelope> message, callback done);

  event_loop& loop() const noexcept { return loop_; }
  entities& target() const noexcept { return target_; }
  std::size_t pending() const noexcept;

 private:
  class table;
  void arm();

  event_loop& loop_;
  entities& target_;
  bridge_options options_;
  std::shared_ptr<table> table_;
  bool armed_ = false;
};

}  // namespace callboard::net
