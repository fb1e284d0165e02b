#pragma once

#include "actors/ports/store.hpp"
#include "actors/runtime/node_context.hpp"

namespace callboard::runtime {

/// Sends out what the lane has committed: one post per answer sink, hub, timers and outbox for each batch.
/// Runs on the lane's thread.
class commit_router final : public commit_listener {
 public:
  explicit commit_router(node_context& shared) : shared_(shared) {}

  void committed(std::vector<lane_item>&& items) noexcept override;
  void failed(std::vector<lane_item>&& items, append_failure why) noexcept override;
  void fenced() noexcept override;

 private:
  void give_back(const std::vector<lane_item>& items);
  void revoke_in_doubt(const std::vector<lane_item>& items);

  node_context& shared_;
};

}  // namespace callboard::runtime
