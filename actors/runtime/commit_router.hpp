#pragma once

#include "actors/ports/store.hpp"
#include "actors/runtime/node_context.hpp"

#include <functional>

namespace callboard::runtime {

/// Sends out what the lane has committed: one post per answer sink, hub, timers and outbox for each batch.
/// Runs on the lane's thread.
class commit_router final : public commit_listener {
 public:
  /// `on_fenced` ends the process.
  commit_router(node_context& shared, std::function<void()> on_fenced);

  void committed(std::vector<lane_item>&& items) noexcept override;
  void failed(std::vector<lane_item>&& items, append_failure why) noexcept override;
  void fenced() noexcept override;

 private:
  node_context& shared_;
  std::function<void()> on_fenced_;
};

}  // namespace callboard::runtime
