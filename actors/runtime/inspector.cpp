#include "actors/runtime/inspector.hpp"

#include <algorithm>

namespace callboard::runtime {

void entity_stats::arrived(timestamp at) noexcept {
  if (mailbox.fetch_add(1, std::memory_order_relaxed) == 0)
    waiting_since_ms_.store(at.time_since_epoch().count(), std::memory_order_relaxed);
}

void entity_stats::taken() noexcept { mailbox.fetch_sub(1, std::memory_order_relaxed); }

std::int64_t entity_stats::oldest_age_ms(timestamp now) const noexcept {
  if (mailbox.load(std::memory_order_relaxed) == 0)
    return 0;
  return std::max<std::int64_t>(0, now.time_since_epoch().count() - waiting_since_ms_.load(std::memory_order_relaxed));
}

void entity_stats::note(const std::string& type, timestamp at) {
  last_message_ms.store(at.time_since_epoch().count(), std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  auto& slot = kept_[next_++ % messages_kept];
  slot.first = at;
  slot.second = type;
}

std::vector<std::pair<timestamp, std::string>> entity_stats::messages() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<timestamp, std::string>> newest_first;
  const auto count = std::min(next_, messages_kept);
  for (std::size_t i = 0; i < count; ++i)
    newest_first.push_back(kept_[(next_ - 1 - i) % messages_kept]);
  return newest_first;
}

std::shared_ptr<entity_stats> inspector::enter(const entity_ref& ref) {
  std::lock_guard lock(mutex_);
  auto& stats = entities_[ref];
  if (!stats)
    stats = std::make_shared<entity_stats>();
  resident_.store(entities_.size(), std::memory_order_relaxed);
  return stats;
}

void inspector::leave(const entity_ref& ref) {
  std::lock_guard lock(mutex_);
  entities_.erase(ref);
  resident_.store(entities_.size(), std::memory_order_relaxed);
}

std::vector<inspector::row> inspector::all() const {
  std::lock_guard lock(mutex_);
  std::vector<row> rows;
  rows.reserve(entities_.size());
  for (const auto& [ref, stats] : entities_)
    rows.push_back({ref, stats});
  return rows;
}

std::shared_ptr<const entity_stats> inspector::find(const entity_ref& ref) const {
  std::lock_guard lock(mutex_);
  const auto at = entities_.find(ref);
  return at == entities_.end() ? nullptr : at->second;
}

void inspector::set_subscribers(const entity_ref& ref, std::size_t count) {
  std::lock_guard lock(mutex_);
  const auto at = entities_.find(ref);
  if (at != entities_.end())
    at->second->subscribers.store(static_cast<std::uint32_t>(count), std::memory_order_relaxed);
}

std::pair<std::size_t, std::size_t> inspector::totals(entity_kind kind) const {
  std::lock_guard lock(mutex_);
  std::pair<std::size_t, std::size_t> sum{0, 0};
  for (const auto& [ref, stats] : entities_)
    if (ref.kind == kind) {
      ++sum.first;
      sum.second += stats->mailbox.load(std::memory_order_relaxed);
    }
  return sum;
}

}  // namespace callboard::runtime
