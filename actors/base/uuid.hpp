#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// An RFC 9562 UUID as 16 bytes; all zero means "none" (nil is never a valid id here).
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const uuid&) const = default;
  bool is_nil() const noexcept { return *this == uuid{}; }
  explicit operator bool() const noexcept { return !is_nil(); }
};

/// The 36-character lower-case form.
std::string to_string(const uuid& id);

/// Appends the 36-character lower-case form.
void append_to(std::string& out, const uuid& id);

/// Reads the 36-character form in either case; nothing for nil, max or any other text.
std::optional<uuid> parse_uuid(std::string_view text) noexcept;

/// A time-ordered UUIDv7; rises within one thread, random across threads. Any thread.
uuid make_uuid_v7();

/// The same id for the same names: UUIDv5 over `name` in `space`.
uuid make_uuid_v5(const uuid& space, std::string_view name);

struct uuid_hash {
  std::size_t operator()(const uuid& id) const noexcept {
    std::uint64_t high, low;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    return static_cast<std::size_t>((high ^ low) * 0x9E3779B97F4A7C15ull);
  }
};

}  // namespace callboard
