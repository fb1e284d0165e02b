#pragma once

#include "actors/base/entity_ref.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace callboard::runtime {

/// Which streams anybody follows here: asked once a committed item, so that nothing is rendered for nobody. Any thread.
class interest {
 public:
  void add(const entity_ref& stream) {
    total_.fetch_add(1, std::memory_order_relaxed);
    auto& part = part_of(stream);
    std::lock_guard lock(part.mutex);
    ++part.counts[stream];
  }

  /// Takes back `count` additions; true: nobody follows the stream any more.
  bool release(const entity_ref& stream, std::uint64_t count) {
    total_.fetch_sub(count, std::memory_order_relaxed);
    auto& part = part_of(stream);
    std::lock_guard lock(part.mutex);
    const auto at = part.counts.find(stream);
    if (at == part.counts.end())
      return true;
    at->second -= count;
    if (at->second > 0)
      return false;
    part.counts.erase(at);
    return true;
  }

  bool any(const entity_ref& stream) {
    if (total_.load(std::memory_order_relaxed) == 0)
      return false;
    auto& part = part_of(stream);
    std::lock_guard lock(part.mutex);
    return part.counts.contains(stream);
  }

 private:
  struct part {
    std::mutex mutex;
    std::unordered_map<entity_ref, std::uint64_t, entity_ref_hash> counts;
  };
  part& part_of(const entity_ref& stream) { return parts_[entity_ref_hash{}(stream) % parts_.size()]; }

  std::atomic<std::uint64_t> total_{0};
  std::array<part, 16> parts_;
};

}  // namespace callboard::runtime
