#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::net {

using digest256 = std::array<std::uint8_t, 32>;

digest256 sha256(std::string_view bytes);
digest256 hmac_sha256(std::string_view key, std::string_view bytes);

std::string to_hex(const digest256& digest);

inline std::string_view as_text(const digest256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Unpredictable bytes.
std::string random_bytes(std::size_t count);

}  // namespace callboard::net
