#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace callboard {

enum class log_level : std::uint8_t { trace, debug, info, warn, error, off };

/// One key and value of a log record; holds views, so it lives as long as the call.
struct log_field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

  log_field(std::string_view key, std::string_view text) : name(key), value(text) {}
  log_field(std::string_view key, const char* text) : name(key), value(std::string_view{text}) {}
  log_field(std::string_view key, const std::string& text) : name(key), value(std::string_view{text}) {}
  log_field(std::string_view key, std::same_as<bool> auto flag) : name(key), value(flag) {}
  log_field(std::string_view key, std::floating_point auto number) : name(key), value(double{number}) {}
  template <std::integral Int>
    requires(!std::same_as<Int, bool>)
  log_field(std::string_view key, Int number) : name(key), value(widen(number)) {}

 private:
  template <class Int>
  static std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> widen(Int number) {
    if constexpr (std::signed_integral<Int>)
      return static_cast<std::int64_t>(number);
    else
      return static_cast<std::uint64_t>(number);
  }
};

/// How records are written from now on.
struct log_settings {
  log_level level = log_level::info;
  bool json = false;
};

/// Starts writing to standard error through a bounded queue and one thread; before it, records are written at once.
void start_log(const log_settings& settings);

/// Writes what is queued and stops the thread; later records are written at once.
void stop_log();

namespace detail {
extern std::atomic<log_level> log_threshold;
void write_log(log_level level, std::string_view event, std::initializer_list<log_field> fields);
}  // namespace detail

/// True if records of that level are written: for values that cost something to make.
inline bool log_enabled(log_level level) noexcept {
  return level >= detail::log_threshold.load(std::memory_order_relaxed);
}

/// Writes one record, one line: `log_event(log_level::info, "entity.activated", {{"kind", k}, {"replayed", n}})`.
/// Any thread. Below `error` it never waits: with a full queue the oldest record is dropped and counted.
inline void log_event(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) {
  if (log_enabled(level))
    detail::write_log(level, event, fields);
}

/// Adds `request_id` (and `trace_id`) to every record of this thread while it lives.
class log_scope {
 public:
  explicit log_scope(std::string_view request_id, std::string_view trace_id = {}) noexcept;
  ~log_scope();
  log_scope(const log_scope&) = delete;
  log_scope& operator=(const log_scope&) = delete;

 private:
  std::string_view outer_request_, outer_trace_;
};

/// One record as a line without line end, as write would give it.
std::string format_log(const log_settings& settings, std::string_view time, log_level level, std::string_view event,
                       std::initializer_list<log_field> fields);

/// `trace`, `debug`, `info`, `warn`, `error` or `off`; `info` for any other text.
log_level parse_log_level(std::string_view name) noexcept;

/// Records dropped because the queue was full.
std::uint64_t log_dropped() noexcept;

}  // namespace callboard
