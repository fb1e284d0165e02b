#include "net/landing_page.hpp"

#include <openssl/evp.h>

#include <array>

namespace callboard::net {
namespace {

constexpr std::string_view style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem;color:#222;background:#fff}"
  "a{color:#0b57d0}code{background:#f1f3f4;padding:.1em .3em;border-radius:3px}"
  "@media(prefers-color-scheme:dark){body{color:#e8eaed;background:#202124}a{color:#8ab4f8}code{background:#303134}}";

std::string page() {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                    "<title>Callboard</title><style>";
  out.append(style);
  out +=
    "</style></head><body><h1>Callboard</h1>"
    "<p>A task server is running here. Shared lists live as actors; every change is kept before it is answered, and "
    "everyone who watches a list sees it at once.</p>"
    "<ul><li><a href=\"/docs\">/docs</a>: every address, described; for programs "
    "<a href=\"/v1/openapi.json\">/v1/openapi.json</a> and <a href=\"/v1/asyncapi.json\">/v1/asyncapi.json</a></li>"
    "<li><a href=\"/health\">/health</a>: is all well?</li>"
    "<li><code>/v1/ws</code>: WebSocket, subprotocol <code>callboard.v1</code></li></ul>"
    "<p>Begin with <code>POST /v1/auth/signup</code>, then <code>POST /v1/lists</code>.</p></body></html>\n";
  return out;
}

}  // namespace

shared_text landing_page() {
  static const auto text = share(page());
  return text;
}

std::string landing_page_policy() {
  static const std::string policy = "default-src 'none'; style-src " + policy_hash(style) +
                                    "; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return policy;
}

std::string policy_hash(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 64> encoded;
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return "'sha256-" + std::string(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)) + "'";
}

}  // namespace callboard::net
