#include "actors/runtime/event_ring.hpp"

#include <algorithm>

namespace callboard::runtime {

void event_ring::push(const published& next) {
  if (!items_.empty() && next.event->seq != head() + 1)
    clear();
  items_.push_back(next);
  bytes_ += next.frame->size();
  while (items_.size() > events_max || (bytes_ > bytes_max && items_.size() > 1))
    drop_oldest();
}

bool event_ring::covers(std::uint64_t seq) const noexcept {
  return !items_.empty() && seq + 1 >= items_.front().event->seq && seq <= head();
}

std::vector<published> event_ring::after(std::uint64_t seq, std::size_t limit) const {
  const auto skip = static_cast<std::size_t>(seq + 1 - items_.front().event->seq);
  const auto count = std::min(limit, items_.size() - std::min(skip, items_.size()));
  const auto first = items_.begin() + static_cast<std::ptrdiff_t>(std::min(skip, items_.size()));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

void event_ring::clear() noexcept {
  items_.clear();
  bytes_ = 0;
}

void event_ring::drop_oldest() {
  bytes_ -= items_.front().frame->size();
  items_.pop_front();
}

}  // namespace callboard::runtime
