#pragma once

#include "net/auth/jwt.hpp"

#include <string>

namespace callboard::net {

/// The public keys as a JWK Set (RFC 7517); secrets are not in it.
std::string jwks_json(const access_tokens& tokens);

}  // namespace callboard::net
