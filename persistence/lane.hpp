#pragma once

#include "actors/ports/store.hpp"
#include "persistence/batch_writer.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace callboard {

/// Counts per upper bound; the last bucket has none.
template <std::size_t Bounds>
struct bucket_counts {
  std::array<std::atomic<std::uint64_t>, Bounds + 1> counts{};
  std::atomic<std::uint64_t> sum{0};

  void add(const std::array<std::uint32_t, Bounds>& bounds, std::uint64_t value) noexcept {
    std::size_t i = 0;
    while (i < Bounds && value > bounds[i])
      ++i;
    counts[i].fetch_add(1, std::memory_order_relaxed);
    sum.fetch_add(value, std::memory_order_relaxed);
  }
};

inline constexpr std::array<std::uint32_t, 12> commit_us_bounds{250,    500,    1'000,   2'500,   5'000,     10'000,
                                                                25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000};
inline constexpr std::array<std::uint32_t, 8> batch_events_bounds{1, 4, 16, 64, 256, 512, 1'024, 2'000};

/// What a lane did so far. Written by the lane, read by anyone at any time.
struct lane_counters {
  std::atomic<std::uint64_t> batches{0}, rows{0}, events{0};
  std::array<std::atomic<std::uint64_t>, 8> events_by_kind{};  ///< index: entity_kind
  std::atomic<bool> healthy{true};
  std::atomic<std::uint64_t> bad_rows{0}, expired{0}, unavailable{0}, unknown{0}, fence_rejects{0}, overloads{0};
  std::atomic<std::size_t> queued_items{0};                       ///< handed in, effects not yet out
  std::atomic<std::size_t> reserved_items{0}, reserved_bytes{0};  ///< admitted
  bucket_counts<commit_us_bounds.size()> commit_us;
  bucket_counts<batch_events_bounds.size()> batch_events;
};

struct lane_limits {
  std::size_t reserved_items = 20'000;
  std::size_t reserved_bytes = std::size_t{32} << 20;
  std::size_t unreserved_items = 20'000;  ///< more of them waiting: nothing new is admitted
  std::size_t batch_rows = 2'000;
  std::size_t batch_bytes = std::size_t{1} << 20;
  std::chrono::milliseconds retry_first{100};
  std::chrono::milliseconds retry_most{1'000};
};

/// What a lane can say of its store.
enum class lane_state : std::uint8_t {
  well,
  failing,   ///< items wait that cannot be committed, or none ever will be
  unproven,  ///< the last commit failed and nothing waits: only a try can tell
};

/// Hears of committed items, on the lane's thread and in order, before the listener does.
using commit_tap = std::function<void(const std::vector<lane_item>&)>;

/// A lane over any batch_writer: a thread that commits whatever has queued, one batch after the other.
///
/// After failed(unknown) the item counts as in flight until the store has answered. If it did not commit,
/// `owner->broken` is set and later items of that life fail as bad_row.
class group_commit_lane final : public lane {
 public:
  /// `tap` and `log` may be empty; `log` gets one line for each trouble.
  group_commit_lane(std::unique_ptr<batch_writer> writer, lane_limits limits, commit_tap tap,
                    std::function<void(std::string_view)> log);
  ~group_commit_lane() override;

  void start(commit_listener& listener);
  /// Commits what is queued for at most `patience`, fails the rest, joins the thread.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds{5});

  /// An item with bytes > 0 is taken as reserved.
  bool reserve(std::size_t bytes) noexcept override;
  void release(std::size_t bytes) noexcept override;
  void submit(lane_item&& item) override;

  const lane_counters& counters() const noexcept { return counters_; }
  lane_state state() const noexcept;

 private:
  using items = std::vector<lane_item>;
  struct unresolved_item;
  struct failed_group;

  // lane.cpp: the queue and the good days
  void run();
  bool wait_for_work();
  bool wait_to_retry(std::unique_lock<std::mutex>& lock);
  void take_queued();
  void commit_next();
  std::size_t form_batch();
  void number_rows(lane_item& item);
  void withdraw_numbers(std::span<lane_item* const> written);
  void settle(const commit_outcome& outcome, std::size_t count, const std::vector<lane_item*>& written);
  /// The room of the items is released already.
  void deliver(items&& batch);
  void count_batch(const items& batch);
  void release_room(const lane_item& item) noexcept;
  void log(std::string_view line) const;

  // lane_failures.cpp
  void refused_row(const commit_outcome& outcome, const std::vector<lane_item*>& written);
  /// Fails the items of `pending_` that `is_culprit` names, each with all later ones of its activation.
  void sweep(append_failure why, const std::function<bool(const lane_item&)>& is_culprit);
  void fail_expired();
  bool is_expired(const lane_item& item, steady_time now) const;
  void begin_unknown(std::size_t count);
  void resolve_unknown();
  void unknown_committed();
  void unknown_not_committed();
  /// Tells the owners of unresolved items whose time is over (or all) that nobody knows; keeps their rows.
  void abandon_unknown(bool all);
  void fail_rest();
  void fence_off();
  void count_fence_reject() noexcept;
  void deliver_failed(items&& group, append_failure why, bool stays_in_flight = false);
  void back_off();

  std::unique_ptr<batch_writer> writer_;
  const lane_limits limits_;
  const commit_tap tap_;
  const std::function<void(std::string_view)> log_;
  commit_listener* listener_ = nullptr;
  lane_counters counters_;
  std::atomic<std::size_t> unreserved_{0};
  std::atomic<bool> closed_{false};

  std::mutex mutex_;
  std::condition_variable wake_;
  items queue_;                // guarded by mutex_
  bool idle_ = false;          // guarded by mutex_
  bool stopping_ = false;      // guarded by mutex_
  steady_time give_up_at_{};   // guarded by mutex_

  // The thread's own.
  std::deque<lane_item> pending_;
  std::vector<unresolved_item> unresolved_;
  items taken_;
  std::array<std::uint64_t, slice_count> last_nr_{};
  std::size_t items_most_ = 0;  ///< halved while a bad row is looked for; 0: no bound
  std::atomic<bool>& healthy_ = counters_.healthy;
  std::atomic<bool> fenced_{false}, unresolved_any_{false};
  std::chrono::milliseconds backoff_{0};
  std::chrono::microseconds commit_took_{0};
  std::thread thread_;
};

}  // namespace callboard
