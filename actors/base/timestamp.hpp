#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// A wall-clock instant in milliseconds since 1970 (UTC), the precision of every stored time.
using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A point on the monotonic clock: deadlines and idle times.
using steady_time = std::chrono::steady_clock::time_point;

/// The wall clock now, cut to milliseconds.
timestamp wall_now();

/// `2026-11-20T20:00:00.000Z` (RFC 3339, always milliseconds and Z).
std::string to_rfc3339(timestamp at);
void append_rfc3339(std::string& out, timestamp at);

/// Reads any RFC 3339 date-time (offset, optional fraction; finer than milliseconds is cut). Years 0000..9999.
std::optional<timestamp> parse_rfc3339(std::string_view text) noexcept;

/// True for a calendar date `YYYY-MM-DD` that exists.
bool is_calendar_date(std::string_view text) noexcept;

}  // namespace callboard
