#include "persistence/lane.hpp"
#include "actors/base/metrics.hpp"
#include "persistence/lane_state.hpp"

#include <algorithm>
#include <unordered_map>

namespace callboard {
namespace {

constexpr std::chrono::milliseconds farewell{200};

/// The rows of an item without what its owner gets back.
lane_item rows_of(const lane_item& item) {
  lane_item rows;
  rows.owner = item.owner;
  rows.events = item.events;
  rows.timers = item.timers;
  rows.outbox = item.outbox;
  rows.outbox_done = item.outbox_done;
  rows.outcome = item.outcome;
  return rows;
}

}  // namespace

void group_commit_lane::back_off() {
  backoff_ = std::clamp(backoff_ * 2, limits_.retry_first, limits_.retry_most);
}

// -- refused rows and expired items --------------------------------------------------------------------------------

void group_commit_lane::refused_row(const commit_outcome& outcome, const std::vector<lane_item*>& written) {
  if (!outcome.index && written.size() > 1) {
    items_most_ = written.size() / 2;
    return;
  }
  const auto* culprit = written[outcome.index.value_or(0)];
  log("journal: a row was refused: " + outcome.detail);
  counters_.bad_rows.fetch_add(1, std::memory_order_relaxed);
  sweep(outcome.duplicate_outcome ? append_failure::duplicate_outcome : append_failure::bad_row,
        [culprit](const lane_item& item) { return &item == culprit; });
}

void group_commit_lane::sweep(append_failure why, const std::function<bool(const lane_item&)>& is_culprit) {
  {
    const std::lock_guard lock(mutex_);
    std::move(queue_.begin(), queue_.end(), std::back_inserter(pending_));
    queue_.clear();
  }
  std::vector<failed_group> groups;
  std::unordered_map<const activation*, std::size_t> group_of;
  std::deque<lane_item> kept;
  for (auto& item : pending_) {
    const bool broken = item.owner && item.owner->broken.load(std::memory_order_relaxed);
    if (!broken && !is_culprit(item)) {
      kept.push_back(std::move(item));
      continue;
    }
    std::size_t at = groups.size();
    if (item.owner) {
      item.owner->broken.store(true, std::memory_order_release);
      at = group_of.try_emplace(item.owner.get(), at).first->second;
    }
    if (at == groups.size())
      groups.push_back({item.owner, {}});
    groups[at].members.push_back(std::move(item));
  }
  pending_ = std::move(kept);
  for (auto& group : groups)
    deliver_failed(std::move(group.members), why);
}

bool group_commit_lane::is_expired(const lane_item& item, steady_time now) const {
  if (item.deadline == steady_time{} || item.deadline > now)
    return false;
  // What only keeps its place is late with the rows before it, unless nothing moves at all.
  return item.has_rows() || !healthy_;
}

void group_commit_lane::fail_expired() {
  const auto now = std::chrono::steady_clock::now();
  std::size_t expired = 0;
  for (const auto& item : pending_)
    expired += is_expired(item, now);
  if (expired == 0)
    return;
  auto& counter = healthy_ ? counters_.expired : counters_.unavailable;
  counter.fetch_add(expired, std::memory_order_relaxed);
  sweep(healthy_ ? append_failure::expired : append_failure::unavailable,
        [&](const lane_item& item) { return is_expired(item, now); });
}

void group_commit_lane::deliver_failed(items&& group, append_failure why, bool stays_in_flight) {
  for (const auto& item : group)
    release_room(item);
  const auto owner = group.front().owner;
  const auto count = static_cast<std::uint32_t>(group.size());
  listener_->failed(std::move(group), why);
  if (owner && !stays_in_flight)
    owner->in_flight.fetch_sub(count, std::memory_order_release);
}

// -- unknown outcomes ----------------------------------------------------------------------------------------------

void group_commit_lane::begin_unknown(std::size_t count) {
  counters_.unknown.fetch_add(1, std::memory_order_relaxed);
  healthy_ = false;
  unresolved_any_ = true;
  for (std::size_t i = 0; i < count; ++i)
    unresolved_.push_back({std::move(pending_[i])});
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  backoff_ = backoff_.zero();
}

void group_commit_lane::resolve_unknown() {
  std::vector<lane_item*> written;
  for (auto& entry : unresolved_)
    if (entry.item.has_rows())
      written.push_back(&entry.item);
  switch (writer_->resolve(written)) {
    case resolution::committed:
      log("journal: the unknown commit is in the journal");
      return unknown_committed();
    case resolution::not_committed:
      log("journal: the unknown commit is not in the journal; it is sent again");
      withdraw_numbers(written);
      return unknown_not_committed();
    case resolution::unavailable:
      abandon_unknown(false);
      return back_off();
    case resolution::fenced:
      log("journal: another process owns the store now");
      count_fence_reject();
      return fence_off();
    case resolution::never:
      log("journal: the store failed while it committed; what it holds is known after a restart, so this process ends");
      return fence_off();
  }
}

void group_commit_lane::unknown_committed() {
  healthy_ = true;
  backoff_ = backoff_.zero();
  unresolved_any_ = false;
  items batch;
  batch.reserve(unresolved_.size());
  for (auto& entry : unresolved_) {
    if (!entry.abandoned)
      release_room(entry.item);
    batch.push_back(std::move(entry.item));
  }
  unresolved_.clear();
  count_batch(batch);
  if (tap_)
    tap_(batch);
  // What stands in the journal goes out even if its owner was told that nobody knows: streams, timers and outbox wait.
  deliver(std::move(batch));
}

void group_commit_lane::unknown_not_committed() {
  healthy_ = true;
  backoff_ = backoff_.zero();
  std::vector<std::shared_ptr<activation>> told;
  for (auto entry = unresolved_.rbegin(); entry != unresolved_.rend(); ++entry) {
    if (!entry->abandoned) {
      pending_.push_front(std::move(entry->item));
    } else if (entry->item.owner) {
      // Its events are missing now: nothing that was decided upon them may be written.
      entry->item.owner->broken.store(true, std::memory_order_release);
      told.push_back(entry->item.owner);
    }
  }
  unresolved_.clear();
  unresolved_any_ = false;
  if (!told.empty())
    sweep(append_failure::bad_row, [](const lane_item&) { return false; });
  for (const auto& owner : told)
    owner->in_flight.fetch_sub(1, std::memory_order_release);
}

void group_commit_lane::abandon_unknown(bool all) {
  const auto now = std::chrono::steady_clock::now();
  std::vector<failed_group> groups;
  std::unordered_map<const activation*, std::size_t> group_of;
  for (auto& entry : unresolved_) {
    const auto& owner = entry.item.owner;
    const bool follows = owner && group_of.contains(owner.get());
    if (entry.abandoned || !(all || follows || is_expired(entry.item, now)))
      continue;
    auto rows = rows_of(entry.item);
    std::size_t at = groups.size();
    if (owner)
      at = group_of.try_emplace(owner.get(), at).first->second;
    if (at == groups.size())
      groups.push_back({owner, {}});
    groups[at].members.push_back(std::exchange(entry.item, std::move(rows)));
    entry.abandoned = true;
  }
  for (auto& group : groups)
    deliver_failed(std::move(group.members), append_failure::unknown, true);
}

// -- the end -------------------------------------------------------------------------------------------------------

/// What is left when the lane stops or was fenced off: it was not applied.
void group_commit_lane::fail_rest() {
  sweep(append_failure::unavailable, [](const lane_item&) { return true; });
  for (auto& entry : unresolved_)
    if (entry.item.owner)
      entry.item.owner->in_flight.fetch_sub(1, std::memory_order_release);
  unresolved_.clear();
}

void group_commit_lane::count_fence_reject() noexcept {
  counters_.fence_rejects.fetch_add(1, std::memory_order_relaxed);
  node_metrics().journal_fence_rejects.add();
}

/// Nothing more can be written by this process.
void group_commit_lane::fence_off() {
  fenced_ = true;
  backoff_ = backoff_.zero();
  healthy_ = false;
  abandon_unknown(true);
  fail_rest();
  // fenced() ends the process, and the answers just given leave it by other threads.
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, farewell, [this] { return stopping_; });
  }
  listener_->fenced();
}

}  // namespace callboard
