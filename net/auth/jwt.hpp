#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"
#include "net/auth/signing_key.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// What an access token says (API.md section 5).
struct access_claims {
  uuid user;      ///< `sub`
  uuid session;   ///< `sid`
  uuid token_id;  ///< `jti`; nil if the token has none
  instance_role role = instance_role::player;
  scope_set scopes = 0;  ///< without `scope`: none
  std::string client_id;
  timestamp issued_at{}, expires_at{};
};

/// Makes and judges access tokens (RFC 7519, 7515, 8725). Immutable after set-up; any thread.
class access_tokens {
 public:
  /// Longer tokens are refused unread.
  static constexpr std::size_t token_bytes_max = 4096;
  /// How far `nbf` and `iat` may lie in the future; `exp` has no leeway.
  static constexpr std::chrono::seconds skew{60};

  access_tokens(std::string issuer, std::string audience, signing_key key);

  /// Accepts another key's tokens too (an old key during a change).
  void accept(signing_key key);

  std::string sign(const access_claims& claims) const;

  /// The claims, or `unauthenticated`; `token_expired` if nothing but `exp` is wrong.
  result<access_claims> verify(std::string_view token, timestamp now) const;

  const std::vector<signing_key>& keys() const noexcept { return keys_; }

 private:
  const signing_key* find_key(std::string_view header_segment) const;

  std::string issuer_, audience_;
  std::vector<signing_key> keys_;         // the first signs
  std::vector<std::string> own_headers_;  // of each key: the header segment as we write it
};

}  // namespace callboard::net
