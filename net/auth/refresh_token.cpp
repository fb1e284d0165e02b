#include "net/auth/refresh_token.hpp"

#include "net/auth/base64url.hpp"
#include "net/auth/digests.hpp"

namespace callboard::net {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t sid_length = 36;
constexpr std::size_t secret_length = 43;

}  // namespace

std::string refresh_token::text() const { return to_string(session) + '.' + to_base64url(secret); }

std::string refresh_token::hash() const { return to_hex(sha256(secret)); }

refresh_token make_refresh_token(const uuid& session) {
  return {session, random_bytes(secret_bytes)};
}

std::optional<refresh_token> parse_refresh_token(std::string_view text) {
  if (text.size() != sid_length + 1 + secret_length || text[sid_length] != '.')
    return std::nullopt;
  const auto sid = parse_uuid(text.substr(0, sid_length));
  auto secret = from_base64url(text.substr(sid_length + 1));
  if (!sid || !secret)
    return std::nullopt;
  return refresh_token{*sid, *std::move(secret)};
}

refresh_token successor_of(const refresh_token& old, std::string_view server_key) {
  return {old.session,
          std::string(as_text(hmac_sha256(server_key, to_string(old.session) + old.secret)))};
}

}  // namespace callboard::net
