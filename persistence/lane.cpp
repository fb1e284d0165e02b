#include "persistence/lane.hpp"

#include "actors/base/metrics.hpp"
#include "actors/base/this_thread.hpp"
#include "persistence/lane_state.hpp"

#include <algorithm>

namespace callboard {
namespace {

std::size_t row_count(const lane_item& item) {
  return item.events.size() + item.timers.size() + item.outbox.size() + item.outbox_done.size() +
         (item.outcome ? 1 : 0);
}

std::size_t byte_count(const lane_item& item) {
  std::size_t bytes = 0;
  for (const auto& event : item.events)
    bytes += event->data->size() + event->meta.old.size() + 256;
  for (const auto& row : item.outbox)
    bytes += row.message.args.size() + 256;
  bytes += 128 * (item.timers.size() + item.outbox_done.size());
  return bytes + (item.outcome ? item.outcome->answer.size() : 0);
}

constexpr std::chrono::milliseconds outage_tick{100};

}  // namespace

group_commit_lane::group_commit_lane(std::unique_ptr<batch_writer> writer, lane_limits limits, commit_tap tap,
                                     std::function<void(std::string_view)> log)
    : writer_(std::move(writer)), limits_(limits), tap_(std::move(tap)), log_(std::move(log)) {}

group_commit_lane::~group_commit_lane() { stop(); }

void group_commit_lane::start(commit_listener& listener) {
  listener_ = &listener;
  thread_ = std::thread([this] { run(); });
}

void group_commit_lane::stop(std::chrono::milliseconds patience) {
  closed_ = true;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    give_up_at_ = std::chrono::steady_clock::now() + patience;
    idle_ = false;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

// -- the way in ----------------------------------------------------------------------------------------------------

bool group_commit_lane::reserve(std::size_t bytes) noexcept {
  auto& reserved_items = counters_.reserved_items;
  auto& reserved_bytes = counters_.reserved_bytes;
  const auto items = reserved_items.fetch_add(1, std::memory_order_relaxed) + 1;
  const auto total = reserved_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  // One item larger than the whole bound may come in alone.
  const bool fits = items <= limits_.reserved_items && (total <= limits_.reserved_bytes || items == 1);
  if (fits && unreserved_.load(std::memory_order_relaxed) < limits_.unreserved_items &&
      !closed_.load(std::memory_order_relaxed))
    return true;
  release(bytes);
  counters_.overloads.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void group_commit_lane::release(std::size_t bytes) noexcept {
  counters_.reserved_items.fetch_sub(1, std::memory_order_relaxed);
  counters_.reserved_bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

void group_commit_lane::submit(lane_item&& item) {
  if (item.owner)
    item.owner->in_flight.fetch_add(1, std::memory_order_relaxed);
  if (item.bytes == 0)
    unreserved_.fetch_add(1, std::memory_order_relaxed);
  counters_.queued_items.fetch_add(1, std::memory_order_relaxed);
  bool sleeping;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(item));
    sleeping = std::exchange(idle_, false);
  }
  if (sleeping)
    wake_.notify_one();
}

lane_state group_commit_lane::state() const noexcept {
  if (healthy_)
    return lane_state::well;
  return fenced_ || unresolved_any_ || counters_.queued_items > 0 ? lane_state::failing : lane_state::unproven;
}

// -- the thread ----------------------------------------------------------------------------------------------------

void group_commit_lane::run() {
  name_this_thread("lane");
  for (std::size_t slice = 0; slice < slice_count; ++slice)
    last_nr_[slice] = writer_->last_nr(static_cast<std::uint16_t>(slice));
  while (wait_for_work()) {
    if (fenced_)
      fail_rest();
    else if (!unresolved_.empty())
      resolve_unknown();
    else
      commit_next();
    if (!healthy_)
      fail_expired();
  }
  abandon_unknown(true);
  fail_rest();
}

/// False: stop. Returns at once while there is work and the store is well.
bool group_commit_lane::wait_for_work() {
  take_queued();
  std::unique_lock lock(mutex_);
  const bool has_work = !pending_.empty() || !unresolved_.empty();
  if (stopping_ && (!has_work || fenced_ || std::chrono::steady_clock::now() >= give_up_at_))
    return false;
  if (has_work && backoff_.count() > 0)
    return wait_to_retry(lock);
  if (has_work || !queue_.empty())
    return true;
  idle_ = true;
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  idle_ = false;
  lock.unlock();
  take_queued();
  return true;
}

/// Waits out the backoff in short steps, in which items whose time is over are answered.
bool group_commit_lane::wait_to_retry(std::unique_lock<std::mutex>& lock) {
  const auto retry_at = std::chrono::steady_clock::now() + backoff_;
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= retry_at || (stopping_ && now >= give_up_at_))
      return true;
    const auto step = std::min(retry_at, now + outage_tick);
    const bool was_stopping = stopping_;
    wake_.wait_until(lock, step, [&] { return stopping_ && !was_stopping; });
    lock.unlock();
    fail_expired();
    abandon_unknown(false);
    lock.lock();
  }
}

void group_commit_lane::take_queued() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(queue_);
  }
  bool any_broken = false;
  for (auto& item : taken_) {
    any_broken |= item.owner && item.owner->broken.load(std::memory_order_relaxed);
    pending_.push_back(std::move(item));
  }
  taken_.clear();
  if (any_broken)
    sweep(append_failure::bad_row, [](const lane_item&) { return false; });
}

// -- a batch -------------------------------------------------------------------------------------------------------

void group_commit_lane::commit_next() {
  const auto count = form_batch();
  if (count == 0)
    return;
  std::vector<lane_item*> written;
  written.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    if (pending_[i].has_rows())
      written.push_back(&pending_[i]);
  if (written.empty())
    return settle({}, count, written);
  for (auto* item : written)
    number_rows(*item);
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = writer_->commit(written);
  commit_took_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  settle(outcome, count, written);
}

/// How many items at the front of `pending_` go together.
std::size_t group_commit_lane::form_batch() {
  const auto now = std::chrono::steady_clock::now();
  std::size_t rows = 0, bytes = 0, with_rows = 0;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const auto& item = pending_[i];
    if (is_expired(item, now)) {
      fail_expired();
      return form_batch();
    }
    const auto item_rows = row_count(item);
    if (item_rows == 0)
      continue;
    rows += item_rows;
    bytes += byte_count(item);
    const bool full = rows > limits_.batch_rows || bytes > limits_.batch_bytes ||
                      (items_most_ > 0 && with_rows == items_most_);
    if (full && with_rows > 0)
      return i;
    ++with_rows;
  }
  return pending_.size();
}

void group_commit_lane::number_rows(lane_item& item) {
  for (auto& event : item.events)
    event->nr = ++last_nr_[event->slice];
  if (item.outbox.empty())
    return;
  const auto slice = item.events.empty() ? slice_of(item.owner->ref) : item.events.back()->slice;
  for (std::uint32_t i = 0; i < item.outbox.size(); ++i)
    item.outbox[i].id = {slice, last_nr_[slice], i};
}

/// Rows that did not commit give their numbers back, so that no hole stays.
void group_commit_lane::withdraw_numbers(std::span<lane_item* const> written) {
  for (auto item = written.rbegin(); item != written.rend(); ++item)
    for (auto event = (*item)->events.rbegin(); event != (*item)->events.rend(); ++event)
      last_nr_[(*event)->slice] = (*event)->nr - 1;
}

void group_commit_lane::settle(const commit_outcome& outcome, std::size_t count,
                               const std::vector<lane_item*>& written) {
  if (outcome.status == commit_status::unknown) {
    log("journal: a commit's outcome is unknown: " + outcome.detail);
    return begin_unknown(count);
  }
  if (outcome.status != commit_status::committed)
    withdraw_numbers(written);
  switch (outcome.status) {
    case commit_status::bad_row:
      return refused_row(outcome, written);
    case commit_status::unavailable:
      if (healthy_.exchange(false))
        log("journal: unavailable: " + outcome.detail);
      return back_off();
    case commit_status::fenced:
      log("journal: another process owns the store now: " + outcome.detail);
      count_fence_reject();
      return fence_off();
    default:
      break;
  }
  if (!written.empty() && !healthy_.exchange(true))
    log("journal: available again");
  if (!written.empty())
    backoff_ = backoff_.zero();
  if (items_most_ > 0)
    items_most_ = items_most_ * 2 > limits_.batch_rows ? 0 : items_most_ * 2;
  items batch;
  batch.reserve(count);
  std::move(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(batch));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  if (!written.empty())
    count_batch(batch);
  if (tap_)
    tap_(batch);
  for (const auto& item : batch)
    release_room(item);
  deliver(std::move(batch));
}

/// Whoever hears of an item's commit finds it committed: the count goes down before the effects go out.
void group_commit_lane::deliver(items&& batch) {
  for (const auto& item : batch)
    if (item.owner)
      item.owner->in_flight.fetch_sub(1, std::memory_order_release);
  listener_->committed(std::move(batch));
}

void group_commit_lane::release_room(const lane_item& item) noexcept {
  if (item.bytes > 0)
    release(item.bytes);
  else
    unreserved_.fetch_sub(1, std::memory_order_relaxed);
  counters_.queued_items.fetch_sub(1, std::memory_order_relaxed);
}

void group_commit_lane::count_batch(const items& batch) {
  std::size_t rows = 0, events = 0;
  for (const auto& item : batch) {
    rows += row_count(item);
    events += item.events.size();
    if (!item.events.empty()) {
      const auto kind = static_cast<std::size_t>(item.events.front()->entity->kind);
      counters_.events_by_kind[std::min(kind, counters_.events_by_kind.size() - 1)].fetch_add(
        item.events.size(), std::memory_order_relaxed);
    }
  }
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  counters_.rows.fetch_add(rows, std::memory_order_relaxed);
  counters_.events.fetch_add(events, std::memory_order_relaxed);
  counters_.batch_events.add(batch_events_bounds, events);
  counters_.commit_us.add(commit_us_bounds, static_cast<std::uint64_t>(commit_took_.count()));
  node_metrics().journal_commit_duration.observe(std::chrono::duration<double>(commit_took_).count());
}

void group_commit_lane::log(std::string_view line) const {
  if (log_)
    log_(line);
}

}  // namespace callboard
