#pragma once

#include "actors/base/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// `<sid>.<secret>`: names the session that judges it; the server stores only the hash of the
/// secret.
struct refresh_token {
  uuid session;
  std::string secret;  ///< 32 bytes

  std::string text() const;
  /// SHA-256 of the secret, 64 hex digits.
  std::string hash() const;
};

refresh_token make_refresh_token(const uuid& session);
std::optional<refresh_token> parse_refresh_token(std::string_view text);

/// The one token that follows `old`: the same on every node that has `server_key`.
refresh_token successor_of(const refresh_token& old, std::string_view server_key);

}  // namespace callboard::net
