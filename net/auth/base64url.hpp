#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// RFC 4648 section 5 without padding.
std::string to_base64url(std::string_view bytes);

/// Reads exactly what to_base64url() writes: no padding, no blanks, no other spelling of the same
/// bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace callboard::net
