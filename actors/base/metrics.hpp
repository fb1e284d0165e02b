#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// A number that only grows. Any thread.
class counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down. Any thread.
class gauge {
 public:
  void set(double to) noexcept { value_.store(to, std::memory_order_relaxed); }
  void add(double n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  double value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts of observations up to fixed bounds. Any thread; two relaxed additions an observation.
class histogram {
 public:
  static constexpr std::size_t bounds_max = 20;

  explicit histogram(std::span<const double> bounds) noexcept;
  void observe(double value) noexcept;

  std::span<const double> bounds() const noexcept { return {bounds_.data(), size_}; }
  /// Observations in (bound[i-1], bound[i]]; i = bounds().size(): above all.
  std::uint64_t count_in(std::size_t i) const noexcept { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<double, bounds_max> bounds_{};
  std::size_t size_;
  std::array<std::atomic<std::uint64_t>, bounds_max + 1> counts_{};
  std::atomic<double> sum_{0};
};

/// The same metric for several label values. Keep the reference `at` gives where it is needed often.
template <class Metric>
class metric_family {
 public:
  metric_family(std::size_t series_max = 1'000) : series_max_(series_max) {}

  /// The metric of these label values, made at first use; past `series_max` all others share one. Any thread.
  Metric& at(std::initializer_list<std::string_view> labels);

  /// Every label tuple with its metric, under the family's lock.
  void each(const std::function<void(const std::vector<std::string>&, const Metric&)>& visit) const;

 private:
  struct less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    }
  };
  std::size_t series_max_;
  mutable std::shared_mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<Metric>, less> series_;
};

extern template class metric_family<counter>;
extern template class metric_family<gauge>;

/// Bounds of durations in seconds: 0.1 ms to 10 s.
std::span<const double> duration_bounds() noexcept;
/// Bounds of sizes: 1, 2, 4 … 32,768.
std::span<const double> size_bounds() noexcept;

/// All metrics of a node, by their names in API.md section 20.
struct metrics {
  metric_family<counter> http_requests;  ///< route, method, status
  histogram http_request_duration{duration_bounds()};
  histogram journal_commit_duration{duration_bounds()};
  histogram journal_batch_events{size_bounds()};
  metric_family<counter> journal_events;  ///< kind
  counter journal_fence_rejects;
  metric_family<gauge> entities_resident;  ///< kind
  metric_family<gauge> mailbox_messages;   ///< kind
  gauge ws_connections;
  metric_family<counter> ws_resumes;  ///< mode: live, replay, snapshot
  counter ws_slow_closes;
  histogram fanout_duration{duration_bounds()};
  gauge projection_lag;                  ///< seconds
  metric_family<counter> rejects;        ///< reason
  metric_family<counter> entity_restarts;  ///< kind
};

/// The metrics of this process.
metrics& node_metrics() noexcept;

/// Everything in Prometheus' text format; HELP and TYPE of every metric from the start.
std::string render_metrics(const metrics& from = node_metrics());

/// The media type of that text.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace callboard
