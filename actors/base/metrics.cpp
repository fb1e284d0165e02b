#include "actors/base/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace callboard {

namespace {

constexpr std::array<double, 16> durations{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                           0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
constexpr std::array<double, 16> sizes{1,   2,   4,     8,     16,    32,    64,     128,
                                       256, 512, 1'024, 2'048, 4'096, 8'192, 16'384, 32'768};

using family = prometheus::MetricFamily;
using names = std::initializer_list<std::string_view>;

family describe(const char* name, const char* help, prometheus::MetricType type) {
  return family{name, help, type, {}};
}

family of(const char* name, const char* help, const counter& from) {
  auto out = describe(name, help, prometheus::MetricType::Counter);
  out.metric.emplace_back().counter.value = static_cast<double>(from.value());
  return out;
}

family of(const char* name, const char* help, const gauge& from) {
  auto out = describe(name, help, prometheus::MetricType::Gauge);
  out.metric.emplace_back().gauge.value = from.value();
  return out;
}

family of(const char* name, const char* help, const histogram& from) {
  auto out = describe(name, help, prometheus::MetricType::Histogram);
  auto& to = out.metric.emplace_back().histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < from.bounds().size(); ++i) {
    below += from.count_in(i);
    to.bucket.push_back({below, from.bounds()[i]});
  }
  // The total is read last, so it can only be too high by what came meanwhile, never below a bucket.
  to.sample_count = below + from.count_in(from.bounds().size());
  to.sample_sum = from.sum();
  return out;
}

void set_value(prometheus::ClientMetric& to, const counter& from) {
  to.counter.value = static_cast<double>(from.value());
}
void set_value(prometheus::ClientMetric& to, const gauge& from) { to.gauge.value = from.value(); }

template <class Metric>
family of(const char* name, const char* help, names labels, const metric_family<Metric>& from) {
  constexpr auto type =
    std::is_same_v<Metric, counter> ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  auto out = describe(name, help, type);
  from.each([&](const std::vector<std::string>& values, const Metric& metric) {
    auto& row = out.metric.emplace_back();
    std::size_t i = 0;
    for (const auto label : labels) {
      row.label.push_back({std::string{label}, i < values.size() ? values[i] : std::string{}});
      ++i;
    }
    set_value(row, metric);
  });
  return out;
}

}  // namespace

histogram::histogram(std::span<const double> bounds) noexcept : size_(std::min(bounds.size(), bounds_max)) {
  std::copy_n(bounds.begin(), size_, bounds_.begin());
}

void histogram::observe(double value) noexcept {
  const auto end = bounds_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto i = static_cast<std::size_t>(std::lower_bound(bounds_.begin(), end, value) - bounds_.begin());
  counts_[i].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

template <class Metric>
Metric& metric_family<Metric>::at(std::initializer_list<std::string_view> labels) {
  {
    const std::shared_lock lock{mutex_};
    if (const auto found = series_.find(labels); found != series_.end())
      return *found->second;
  }
  const std::unique_lock lock{mutex_};
  std::vector<std::string> key(labels.begin(), labels.end());
  if (series_.size() >= series_max_)
    key.assign(labels.size(), "other");  // A bound on memory, should a label ever take what clients choose.
  auto& place = series_[std::move(key)];
  if (!place)
    place = std::make_unique<Metric>();
  return *place;
}

template <class Metric>
void metric_family<Metric>::each(
  const std::function<void(const std::vector<std::string>&, const Metric&)>& visit) const {
  const std::shared_lock lock{mutex_};
  for (const auto& [labels, metric] : series_)
    visit(labels, *metric);
}

template class metric_family<counter>;
template class metric_family<gauge>;

std::span<const double> duration_bounds() noexcept { return durations; }
std::span<const double> size_bounds() noexcept { return sizes; }

metrics& node_metrics() noexcept {
  static auto* one = new metrics;  // Never destroyed: threads may count while the process ends.
  return *one;
}

std::string render_metrics(const metrics& from) {
  const std::vector<family> families{
    of("callboard_http_requests_total", "HTTP requests answered.", {"route", "method", "status"}, from.http_requests),
    of("callboard_http_request_duration_seconds", "Time from a whole request to its answer.",
       from.http_request_duration),
    of("callboard_journal_commit_duration_seconds", "Time of one commit of the journal.", from.journal_commit_duration),
    of("callboard_journal_batch_events", "Events committed together.", from.journal_batch_events),
    of("callboard_journal_events_total", "Events committed.", {"kind"}, from.journal_events),
    of("callboard_journal_fence_rejects_total", "Appends that the fence refused.", from.journal_fence_rejects),
    of("callboard_entities_resident", "Entities in memory.", {"kind"}, from.entities_resident),
    of("callboard_mailbox_messages", "Messages waiting for entities.", {"kind"}, from.mailbox_messages),
    of("callboard_ws_connections", "Open WebSockets.", from.ws_connections),
    of("callboard_ws_resumes_total", "Subscriptions begun, by how they were caught up.", {"mode"}, from.ws_resumes),
    of("callboard_ws_slow_closes_total", "WebSockets closed because they did not read.", from.ws_slow_closes),
    of("callboard_fanout_duration_seconds", "Time from a commit to the last socket's queue.", from.fanout_duration),
    of("callboard_projection_lag_seconds", "Age of the oldest event that is not yet folded.", from.projection_lag),
    of("callboard_rejects_total", "Requests and commands refused, by reason.", {"reason"}, from.rejects),
    of("callboard_entity_restarts_total", "Entities rebuilt after a fault.", {"kind"}, from.entity_restarts),
  };
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace callboard
