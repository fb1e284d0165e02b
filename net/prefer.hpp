#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// What a client would like (RFC 7240); unknown preferences are ignored.
struct preferences {
  bool return_minimal = false;
  bool return_representation = false;
  bool respond_async = false;
  std::optional<std::uint32_t> wait_s;
};

preferences parse_prefer(std::string_view value);

}  // namespace callboard::net
