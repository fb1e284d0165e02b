#pragma once

#include "actors/base/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// The strong ETag of a number: `"16"`.
std::string etag_text(std::uint64_t number);

/// If-Match or If-None-Match as sent (RFC 9110 section 13.1).
struct etag_condition {
  bool present = false;
  bool any = false;                    ///< `*`
  std::vector<std::uint64_t> numbers;  ///< the tags that could be ours
  bool foreign = false;                ///< it also names tags that are never ours

  bool matches(std::uint64_t number) const noexcept;
};

/// Reads a header's value; a malformed one is `bad_header`. Weak tags never match where `strong`.
result<etag_condition> parse_etag_condition(std::string_view name, std::string_view value, bool strong);

}  // namespace callboard::net
