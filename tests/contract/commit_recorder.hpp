#pragma once

#include "actors/ports/store.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace callboard::contract {

/// A listener that keeps what it hears and lets a test wait for it.
class commit_recorder final : public commit_listener {
 public:
  struct failure {
    std::vector<lane_item> items;
    append_failure why;
  };

  void committed(std::vector<lane_item>&& items) noexcept override {
    const std::lock_guard lock(mutex_);
    for (auto& item : items)
      committed_.push_back(std::move(item));
    ++batches_;
    changed_.notify_all();
  }
  void failed(std::vector<lane_item>&& items, append_failure why) noexcept override {
    const std::lock_guard lock(mutex_);
    failed_count_ += items.size();
    failures_.push_back({std::move(items), why});
    changed_.notify_all();
  }
  void fenced() noexcept override {
    const std::lock_guard lock(mutex_);
    fenced_ = true;
    changed_.notify_all();
  }

  /// True once so many items have committed or failed; false after 20 s.
  bool wait_for(std::size_t items) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20},
                             [&] { return committed_.size() + failed_count_ >= items; });
  }
  bool wait_for_fence() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return fenced_; });
  }

  // To be read once the lane is quiet.
  const std::vector<lane_item>& items() const { return committed_; }
  const std::vector<failure>& failures() const { return failures_; }
  std::size_t batches() const { return batches_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<lane_item> committed_;
  std::vector<failure> failures_;
  std::size_t failed_count_ = 0, batches_ = 0;
  bool fenced_ = false;
};

}  // namespace callboard::contract
