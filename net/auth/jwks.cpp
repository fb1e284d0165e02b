#include "net/auth/jwks.hpp"

#include "actors/base/json_writer.hpp"

namespace callboard::net {

std::string jwks_json(const access_tokens& tokens) {
  json_writer w;
  w.open('{').key("keys").open('[');
  for (const auto& key : tokens.keys()) {
    if (key.public_jwk().empty())
      continue;
    w.open('{').raw_members(key.public_jwk()).member("kid", key.kid()).member("use", "sig");
    w.member("alg", to_string(key.algorithm())).close('}');
  }
  return w.close(']').close('}').take();
}

}  // namespace callboard::net
