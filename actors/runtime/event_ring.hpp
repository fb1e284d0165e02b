#pragma once

#include "actors/ports/entities.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace callboard::runtime {

/// The newest events of a stream, contiguous, bounded by number and bytes: what a resume is answered from first.
class event_ring {
 public:
  static constexpr std::size_t events_max = 1024;
  static constexpr std::size_t bytes_max = 256 * 1024;

  /// Appends the next event. A hole in the numbers (interest had ended in between) starts the ring anew.
  void push(const published& next);

  /// True if every event after `seq` up to the newest is here; an empty ring covers nothing.
  bool covers(std::uint64_t seq) const noexcept;

  /// Up to `limit` events after `seq`; ask covers() first.
  std::vector<published> after(std::uint64_t seq, std::size_t limit) const;

  std::uint64_t head() const noexcept { return items_.empty() ? 0 : items_.back().event->seq; }
  std::size_t bytes() const noexcept { return bytes_; }
  void clear() noexcept;

 private:
  void drop_oldest();

  std::deque<published> items_;
  std::size_t bytes_ = 0;
};

}  // namespace callboard::runtime
