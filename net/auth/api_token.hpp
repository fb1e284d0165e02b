#pragma once

#include "actors/base/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

// API tokens: `cbt_`, 22 base-62 digits of the account that judges it, 18 of its secret, 6 of a CRC-32 over all that.
// The server stores only a hash of the whole text.

/// Does it claim to be one? Access tokens never do.
bool is_api_token(std::string_view text) noexcept;

/// A new secret for an account's token.
std::string make_api_token(const uuid& account);

/// The account that judges the token; nothing if its form or its CRC is wrong.
std::optional<uuid> account_of_api_token(std::string_view text);

/// SHA-256 of the token's text, 64 hex digits.
std::string hash_of_api_token(std::string_view text);

}  // namespace callboard::net
