#include "persistence/fold.hpp"

#include "actors/base/this_thread.hpp"

#include <algorithm>
#include <numeric>

namespace callboard {
namespace {

constexpr std::size_t queue_events_most = 50'000;
constexpr std::size_t transaction_events = 2'000;
constexpr std::chrono::milliseconds retry_pause{200};
// A fold costs about as much as thirty events do: a first event is folded at once, those after it gather.
constexpr std::chrono::milliseconds usual_pace{15}, busy_pace{50};
constexpr std::size_t busy_events = 128;  ///< gathered within the usual pace

std::uint64_t total(const slice_heads& heads) { return std::accumulate(heads.begin(), heads.end(), std::uint64_t{0}); }

fold_rows rows_of(const std::vector<event_ptr>& events) {
  fold_rows rows;
  for (const auto& event : events)
    take_in(rows, *event);
  return rows;
}

slice_heads after(slice_heads heads, const std::vector<event_ptr>& events) {
  for (const auto& event : events)
    heads[event->slice] = event->nr;
  return heads;
}

}  // namespace

double lag_seconds(const fold_counters& counters, timestamp now) noexcept {
  const auto oldest = counters.oldest_unfolded_at_ms.load(std::memory_order_relaxed);
  return oldest == 0 ? 0.0 : std::max(0.0, static_cast<double>(now.time_since_epoch().count() - oldest) / 1000.0);
}

result<std::uint64_t> rebuild_projections(fold_writer& writer, const std::function<void(std::uint64_t)>& progress) {
  if (auto cleared = writer.clear(); !cleared)
    return cleared.error();
  slice_heads heads{};
  for (;;) {
    auto events = writer.unfolded(heads, transaction_events);
    if (!events)
      return events.error();
    if (events->empty())
      return total(heads);
    const auto to = after(heads, *events);
    if (writer.write(rows_of(*events), heads, to) != fold_status::written)
      return refuse(problem_code::journal_unavailable, "the projections could not be written");
    heads = to;
    if (progress)
      progress(total(heads));
  }
}

fold::fold(std::unique_ptr<fold_writer> writer, std::function<void(std::string_view)> log)
    : writer_(std::move(writer)), log_(std::move(log)) {}

fold::~fold() { stop(); }

void fold::start() {
  thread_ = std::thread([this] { run(); });
}

void fold::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  caught_up_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void fold::feed(const std::vector<event_ptr>& events) {
  if (events.empty())
    return;
  bool was_idle, full;
  {
    const std::lock_guard lock(mutex_);
    was_idle = !std::exchange(behind_, true);
    if (was_idle)
      counters_.oldest_unfolded_at_ms.store(events.front()->at.time_since_epoch().count(), std::memory_order_relaxed);
    if (overflowed_)
      return;
    if (queue_.size() + events.size() > queue_events_most) {
      // They stand in the journal, from where the fold goes on.
      queue_.clear();
      overflowed_ = true;
      counters_.overflows.fetch_add(1, std::memory_order_relaxed);
    } else {
      queue_.insert(queue_.end(), events.begin(), events.end());
    }
    counters_.queued.store(queue_.size(), std::memory_order_relaxed);
    full = queue_.size() >= transaction_events || overflowed_;
  }
  if (was_idle || full)
    wake_.notify_one();
}

result<std::uint64_t> fold::rebuild(const std::function<void(std::uint64_t)>& progress) {
  if (!thread_.joinable())
    return rebuild_projections(*writer_, progress);
  std::unique_lock lock(mutex_);
  rebuild_wanted_ = behind_ = true;
  wake_.notify_one();
  const auto done = [this] { return stopping_ || (!behind_ && !rebuild_wanted_); };
  while (!caught_up_.wait_for(lock, retry_pause, done))
    if (progress)
      progress(folded_total_.load());
  if (stopping_)
    return refuse(problem_code::draining, "the server stopped before the projections were rebuilt");
  return folded_total_.load();
}

// -- the thread ----------------------------------------------------------------------------------------------------

void fold::run() {
  name_this_thread("fold");
  batch_this_thread();
  while (wait_for_events()) {
    if (!know_progress_ && !read_progress())
      continue;
    if (read_journal_)
      fold_journal();
    else
      fold_queued();
    note_state();
  }
}

bool fold::wait_for_events() {
  bool rebuild_now;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || behind_; });
    let_more_come(lock);
    if (stopping_)
      return false;
    rebuild_now = rebuild_wanted_;
    if (rebuild_now || std::exchange(overflowed_, false))
      read_journal_ = true;
    if (taken_done_ == taken_.size()) {
      taken_.clear();
      taken_done_ = 0;
      taken_.swap(queue_);
    }
  }
  if (!rebuild_now)
    return true;
  know_progress_ = false;
  if (!writer_->clear())
    pause();
  else {
    const std::lock_guard lock(mutex_);
    rebuild_wanted_ = false;
  }
  return true;
}

void fold::let_more_come(std::unique_lock<std::mutex>& lock) {
  const auto enough = [this] {
    return stopping_ || rebuild_wanted_ || overflowed_ || read_journal_ || taken_done_ < taken_.size() ||
           queue_.size() >= transaction_events;
  };
  if (!wake_.wait_until(lock, last_write_ + usual_pace, enough) && queue_.size() >= busy_events)
    wake_.wait_until(lock, last_write_ + busy_pace, enough);
}

bool fold::read_progress() {
  auto progress = writer_->progress();
  if (!progress) {
    start_over();
    return false;
  }
  heads_ = *progress;
  folded_total_ = total(heads_);
  know_progress_ = true;
  return true;
}

void fold::fold_journal() {
  auto events = writer_->unfolded(heads_, transaction_events);
  if (!events)
    return start_over();
  if (events->empty())
    read_journal_ = false;
  else
    write(*events);
}

void fold::fold_queued() {
  std::vector<event_ptr> next;
  auto heads = heads_;
  for (; taken_done_ < taken_.size() && next.size() < transaction_events; ++taken_done_) {
    const auto& event = taken_[taken_done_];
    auto& head = heads[event->slice];
    if (event->nr <= head)
      continue;
    if (event->nr > head + 1) {
      read_journal_ = true;
      break;
    }
    head = event->nr;
    next.push_back(event);
  }
  if (!next.empty())
    write(next);
}

bool fold::write(const std::vector<event_ptr>& events) {
  last_write_ = std::chrono::steady_clock::now();
  const auto rows = rows_of(events);
  const auto to = after(heads_, events);
  const auto status = writer_->write(rows, heads_, to);
  if (status == fold_status::moved) {
    know_progress_ = false;
    read_journal_ = true;
    return false;
  }
  if (status == fold_status::unavailable) {
    start_over();
    return false;
  }
  heads_ = to;
  failing_ = false;
  folded_total_ = total(heads_);
  counters_.events.fetch_add(events.size(), std::memory_order_relaxed);
  counters_.skipped.fetch_add(rows.skipped, std::memory_order_relaxed);
  counters_.transactions.fetch_add(1, std::memory_order_relaxed);
  return true;
}

/// After trouble nothing in memory is trusted: the stored progress and the journal say where to go on.
void fold::start_over() {
  counters_.errors.fetch_add(1, std::memory_order_relaxed);
  if (!std::exchange(failing_, true) && log_)
    log_("projections: the store refused a fold; trying again");
  know_progress_ = false;
  read_journal_ = true;
  pause();
}

void fold::pause() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, retry_pause, [this] { return stopping_; });
}

void fold::note_state() {
  const bool mine_done = taken_done_ == taken_.size() && !read_journal_ && know_progress_;
  std::int64_t oldest = 0;
  const std::lock_guard lock(mutex_);
  behind_ = !mine_done || !queue_.empty() || overflowed_ || rebuild_wanted_;
  if (taken_done_ < taken_.size())
    oldest = taken_[taken_done_]->at.time_since_epoch().count();
  else if (!queue_.empty())
    oldest = queue_.front()->at.time_since_epoch().count();
  if (!behind_ || oldest != 0)
    counters_.oldest_unfolded_at_ms.store(oldest, std::memory_order_relaxed);
  counters_.queued.store(queue_.size() + taken_.size() - taken_done_, std::memory_order_relaxed);
  if (!behind_)
    caught_up_.notify_all();
}

}  // namespace callboard
