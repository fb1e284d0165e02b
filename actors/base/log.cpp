#include "actors/base/log.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/base/timestamp.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace callboard {

namespace detail {
std::atomic<log_level> log_threshold{log_level::info};
}

namespace {

constexpr std::size_t queue_size = 8'192;
constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 5> level_labels{"TRACE", "DEBUG", "INFO ", "WARN ", "ERROR"};

thread_local std::string_view current_request;
thread_local std::string_view current_trace;

/// The one place that holds spdlog: our lines are whole already, spdlog queues and writes them.
struct log_writer {
  std::mutex mutex;
  std::shared_ptr<spdlog::sinks::sink> sink = make_sink();
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::vector<std::shared_ptr<spdlog::async_logger>> queued;  ///< kept: a thread may still hold an old one
  std::shared_ptr<spdlog::logger> direct = std::make_shared<spdlog::logger>("direct", sink);
  std::atomic<bool> json{false};
  std::atomic<std::uint64_t> dropped{0};

  log_writer() { direct->flush_on(spdlog::level::trace); }

  static std::shared_ptr<spdlog::sinks::sink> make_sink() {
    auto made = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    made->set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::local, "\n"));
    return made;
  }
};

log_writer& writer() {
  static auto* one = new log_writer;  // Never destroyed: threads may log while the process ends.
  return *one;
}

std::atomic<spdlog::async_logger*> running{nullptr};

/// Invalid bytes become U+FFFD: a record must be readable whatever a client sent.
std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    const bool whole = length != 0 && i + length <= text.size()
                       && std::all_of(text.begin() + i + 1, text.begin() + i + length, [](char c) {
                            return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
                          });
    if (whole)
      out.append(text, i, length);
    else
      out += "\xEF\xBF\xBD";
    i += whole ? length : 1;
  }
  return out;
}

void append_number(std::string& out, double number) {
  std::array<char, 32> room;
  const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
  out.append(room.data(), end);
}

void append_plain(std::string& out, const log_field& field) {
  std::visit(
    [&](const auto& v) {
      using type = std::decay_t<decltype(v)>;
      if constexpr (std::is_same_v<type, bool>)
        out += v ? "true" : "false";
      else if constexpr (std::is_same_v<type, double>)
        append_number(out, v);
      else if constexpr (std::is_same_v<type, std::string_view>) {
        const bool bare = !v.empty() && std::all_of(v.begin(), v.end(), [](char c) {
          return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
        });
        if (bare)
          out += v;
        else
          append_json_string(out, valid_utf8(v));
      } else
        out += std::to_string(v);
    },
    field.value);
}

std::string text_line(std::string_view time, log_level level, std::string_view event,
                      std::initializer_list<log_field> fields) {
  std::string out;
  out.reserve(160);
  out.append(time).append(" ").append(level_labels[static_cast<std::size_t>(level)]).append(" ").append(event);
  const auto add = [&](const log_field& field) {
    out.append(" ").append(field.name).append("=");
    append_plain(out, field);
  };
  for (const auto& field : fields)
    add(field);
  if (!current_request.empty())
    add({"request_id", current_request});
  if (!current_trace.empty())
    add({"trace_id", current_trace});
  return out;
}

std::string json_line(std::string_view time, log_level level, std::string_view event,
                      std::initializer_list<log_field> fields) {
  json_writer out;
  out.open('{').member("ts", time).member("level", level_names[static_cast<std::size_t>(level)]).member("msg", event);
  for (const auto& field : fields) {
    out.key(field.name);
    std::visit(
      [&](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>)
          out.value(valid_utf8(v));
        else
          out.value(v);
      },
      field.value);
  }
  if (!current_request.empty())
    out.member("request_id", valid_utf8(current_request));
  if (!current_trace.empty())
    out.member("trace_id", valid_utf8(current_trace));
  return out.close('}').take();
}

}  // namespace

void detail::write_log(log_level level, std::string_view event, std::initializer_list<log_field> fields) {
  auto& to = writer();
  const log_settings settings{level, to.json.load(std::memory_order_relaxed)};
  const auto line = format_log(settings, to_rfc3339(wall_now()), level, event, fields);
  auto* const queue = running.load(std::memory_order_acquire);
  if (queue && level < log_level::error)
    queue->log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
  else
    to.direct->log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
}

void start_log(const log_settings& settings) {
  auto& to = writer();
  const std::lock_guard lock{to.mutex};
  detail::log_threshold.store(settings.level, std::memory_order_relaxed);
  to.json.store(settings.json, std::memory_order_relaxed);
  if (to.pool)
    return;
  to.pool = std::make_shared<spdlog::details::thread_pool>(queue_size, 1);
  to.queued.push_back(std::make_shared<spdlog::async_logger>("queued", to.sink, to.pool,
                                                             spdlog::async_overflow_policy::overrun_oldest));
  running.store(to.queued.back().get(), std::memory_order_release);
}

void stop_log() {
  auto& to = writer();
  const std::lock_guard lock{to.mutex};
  running.store(nullptr, std::memory_order_release);
  if (to.pool)
    to.dropped += to.pool->overrun_counter();
  to.pool.reset();  // Writes what is queued, then joins.
  to.sink->flush();
}

log_scope::log_scope(std::string_view request_id, std::string_view trace_id) noexcept
    : outer_request_(current_request), outer_trace_(current_trace) {
  current_request = request_id;
  current_trace = trace_id;
}

log_scope::~log_scope() {
  current_request = outer_request_;
  current_trace = outer_trace_;
}

std::string format_log(const log_settings& settings, std::string_view time, log_level level, std::string_view event,
                       std::initializer_list<log_field> fields) {
  return settings.json ? json_line(time, level, event, fields) : text_line(time, level, event, fields);
}

log_level parse_log_level(std::string_view name) noexcept {
  const auto found = std::find(level_names.begin(), level_names.end(), name);
  return found == level_names.end() ? log_level::info : static_cast<log_level>(found - level_names.begin());
}

std::uint64_t log_dropped() noexcept {
  auto& to = writer();
  const std::lock_guard lock{to.mutex};
  return to.dropped + (to.pool ? to.pool->overrun_counter() : 0);
}

}  // namespace callboard
