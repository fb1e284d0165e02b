#include "cluster/keys.hpp"

#include <sodium.h>

#include <fstream>
#include <iterator>

namespace callboard::cluster {
namespace {

result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return refuse(problem_code::internal, "cannot read " + path + "; check the path and its permissions");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

result<net::signing_key> secret_key(const std::string& path) {
  if (path.empty())
    return refuse(problem_code::internal, "auth.jwt_algorithm HS256 needs auth.jwt_secret_file");
  auto secret = read_file(path);
  if (!secret)
    return secret.error();
  if (secret->ends_with('\n'))
    secret->pop_back();
  return net::signing_key::from_secret(*secret);
}

result<net::signing_key> stored_key(store& journal) {
  const auto fresh = net::signing_key::generate_es256();
  if (!fresh)
    return fresh.error();
  const auto pem = journal.config_value("jwt_key", fresh->pem());
  if (!pem)
    return pem.error();
  return net::signing_key::from_pem(*pem);
}

result<net::signing_key> load_key(store& journal, const config::auth_options& options) {
  if (options.jwt_algorithm == "HS256")
    return secret_key(options.jwt_secret_file);
  if (options.jwt_key_file.empty())
    return stored_key(journal);
  const auto pem = read_file(options.jwt_key_file);
  if (!pem)
    return pem.error();
  return net::signing_key::from_pem(*pem);
}

}  // namespace

result<net::access_tokens> load_access_tokens(store& journal, const config::auth_options& options) {
  auto key = load_key(journal, options);
  if (!key)
    return key.error();
  return net::access_tokens(options.issuer, options.audience, std::move(*key));
}

result<std::string> load_refresh_key(store& journal) {
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  char hex[2 * sizeof bytes + 1];
  sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
  return journal.config_value("refresh_key", hex);
}

}  // namespace callboard::cluster
