#pragma once

#include "actors/base/refusal.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <string_view>

namespace callboard {

/// What input from outside may ask of us (API.md section 1).
struct json_limits {
  std::size_t depth_max = 32;
  std::size_t values_max = 50'000;
};

/// Parses strict I-JSON (RFC 8259, RFC 7493): valid UTF-8, no BOM, no duplicate keys, no U+0000, no lone
/// surrogates, within the limits; otherwise `malformed_json` saying where. Any thread.
result<boost::json::value> parse_json(std::string_view text, const json_limits& limits = {});

/// Parses what we wrote ourselves (journal, snapshots): no limits. A failure means damaged data.
result<boost::json::value> parse_trusted_json(std::string_view text);

}  // namespace callboard
