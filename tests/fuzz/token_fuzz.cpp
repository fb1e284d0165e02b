#include "net/auth/base64url.hpp"
#include "net/auth/jwt.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

/// Nothing but our own signature makes a token; signed bytes are read whole or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callboard::net;
  static const auto key = signing_key::from_secret("a secret of thirty-two bytes or more").value();
  static const access_tokens tokens("https://issuer.example", "callboard", key);
  static const auto header = tokens.sign({}).substr(0, tokens.sign({}).find('.') + 1);
  const callboard::timestamp now{std::chrono::seconds{1'800'000'000}};
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (tokens.verify(text, now))
    std::abort();

  std::string signed_text = header + to_base64url(text);
  signed_text += "." + to_base64url(key.sign(signed_text));
  const auto claims = tokens.verify(signed_text, now);
  if (claims && (signed_text.size() > access_tokens::token_bytes_max || claims->expires_at <= now))
    std::abort();
  return 0;
}
