#pragma once

#include "actors/base/event.hpp"
#include "actors/base/timestamp.hpp"
#include "persistence/fold_rows.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace callboard {

/// Last folded `nr` of every slice. On SQLite their sum is the journal position.
using slice_heads = std::array<std::uint64_t, slice_count>;

enum class fold_status : std::uint8_t {
  written,
  moved,        ///< the stored progress was not `from`: nothing written, read it again
  unavailable,  ///< nothing written, try again later
};

/// The store's side of a fold. Used by the fold's thread only.
class fold_writer {
 public:
  virtual ~fold_writer() = default;
  /// The stored progress.
  virtual result<slice_heads> progress() = 0;
  /// Committed events after `heads`, each slice in order, at most `limit`; none: caught up.
  virtual result<std::vector<event_ptr>> unfolded(const slice_heads& heads, std::size_t limit) = 0;
  /// Purges, then upserts, and the progress of the slices that differ, in one transaction (compare-and-set).
  virtual fold_status write(const fold_rows& rows, const slice_heads& from, const slice_heads& to) = 0;
  /// Empties projections and progress.
  virtual result<void> clear() = 0;
};

struct fold_counters {
  std::atomic<std::uint64_t> events{0}, transactions{0}, overflows{0}, errors{0}, skipped{0};
  std::atomic<std::size_t> queued{0};
  std::atomic<std::int64_t> oldest_unfolded_at_ms{0};  ///< wall clock; 0: nothing waits
};

/// Seconds that the projections are behind.
double lag_seconds(const fold_counters& counters, timestamp now) noexcept;

/// A thread that folds committed events into the projections, from memory; from the journal after start or overflow.
class fold {
 public:
  /// `log` may be empty.
  fold(std::unique_ptr<fold_writer> writer, std::function<void(std::string_view)> log);
  ~fold();

  void start();
  void stop();
  /// Committed events in commit order; cheap, any thread.
  void feed(const std::vector<event_ptr>& events);
  /// Folds the whole journal again, on the fold's thread if it runs; blocks until it has caught up.
  result<std::uint64_t> rebuild(const std::function<void(std::uint64_t)>& progress);

  const fold_counters& counters() const noexcept { return counters_; }

 private:
  void run();
  bool wait_for_events();
  void let_more_come(std::unique_lock<std::mutex>& lock);
  bool read_progress();
  void fold_queued();
  void fold_journal();
  bool write(const std::vector<event_ptr>& events);
  void start_over();
  void pause();
  void note_state();

  std::unique_ptr<fold_writer> writer_;
  const std::function<void(std::string_view)> log_;
  fold_counters counters_;

  std::mutex mutex_;
  std::condition_variable wake_, caught_up_;
  std::vector<event_ptr> queue_;   // guarded by mutex_
  bool overflowed_ = true;         // guarded by mutex_; at first: what stands in the journal
  bool rebuild_wanted_ = false;    // guarded by mutex_
  bool behind_ = true;             // guarded by mutex_
  bool stopping_ = false;          // guarded by mutex_
  std::atomic<std::uint64_t> folded_total_{0};

  std::vector<event_ptr> taken_;  // the thread's own, like all below
  std::size_t taken_done_ = 0;
  bool read_journal_ = false, know_progress_ = false, failing_ = false;
  slice_heads heads_{};
  steady_time last_write_{};
  std::thread thread_;
};

/// Empties the projections and folds the whole journal again; `progress` gets the number of events folded so far.
result<std::uint64_t> rebuild_projections(fold_writer& writer, const std::function<void(std::uint64_t)>& progress);

}  // namespace callboard
