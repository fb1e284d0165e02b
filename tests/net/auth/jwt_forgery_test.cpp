#include "net/auth/base64url.hpp"
#include "net/auth/digests.hpp"
#include "net/auth/jwt.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace callboard::net {
namespace {

const timestamp now{std::chrono::seconds{1'800'000'000}};
constexpr auto user = "01900000-0000-7000-8000-00000000000a";
constexpr auto sid = "01900000-0000-7000-8000-0000000000f1";

/// A token is made of members as JSON text, so that every one can be wrong.
using members = std::map<std::string, std::string>;

std::string object_of(const members& all) {
  std::string out = "{";
  for (const auto& [name, value] : all)
    out += (out.size() > 1 ? "," : "") + ('"' + name + "\":" + value);
  return out + "}";
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

class Forgery : public ::testing::Test {
 protected:
  signing_key key = signing_key::generate_es256().value();
  signing_key secret = signing_key::from_secret("a secret of at least thirty-two bytes").value();
  access_tokens tokens{"callboard", "callboard", key};

  Forgery() { tokens.accept(secret); }

  members header() const {
    return {{"alg", "\"ES256\""}, {"typ", "\"at+jwt\""}, {"kid", quoted(key.kid())}};
  }
  static members claims() {
    return {{"iss", "\"callboard\""}, {"aud", "\"callboard\""}, {"sub", quoted(user)},
            {"sid", quoted(sid)},     {"exp", "1800000900"},    {"iat", "1800000000"}};
  }
  static std::string with(members all, const std::string& name, const std::string& value) {
    all[name] = value;
    return object_of(all);
  }
  static std::string without(members all, const std::string& name) {
    all.erase(name);
    return object_of(all);
  }
  std::string signed_by(const signing_key& k, const std::string& head,
                        const std::string& payload) const {
    const auto text = to_base64url(head) + '.' + to_base64url(payload);
    return text + '.' + to_base64url(k.sign(text));
  }
  /// Rightly signed, so only what is said can be wrong.
  std::string head(const std::string& text) const {
    return signed_by(key, text, object_of(claims()));
  }
  std::string body(const std::string& text) const {
    return signed_by(key, object_of(header()), text);
  }
  std::string good() const { return body(object_of(claims())); }

  void expect_refused(const std::vector<std::string>& forged) const {
    for (std::size_t i = 0; i < forged.size(); ++i) {
      const auto out = tokens.verify(forged[i], now);
      ASSERT_FALSE(out) << "forgery " << i << " passed: " << forged[i];
      EXPECT_EQ(out.error().code, problem_code::unauthenticated) << i;
    }
  }
};

TEST_F(Forgery, TheTokenThatTheForgeriesAreMadeFromIsGood) {
  EXPECT_TRUE(tokens.verify(good(), now));
  EXPECT_TRUE(tokens.verify(body(with(claims(), "aud", R"(["x","callboard"])")), now));
  EXPECT_TRUE(tokens.verify(body(with(claims(), "nbf", "1800000060")), now));
  EXPECT_TRUE(tokens.verify(head(with(header(), "jku", "\"https://evil.example/keys\"")), now));
  EXPECT_EQ(tokens.verify(good(), now)->scopes, 0u);
}

TEST_F(Forgery, AlgorithmsAreNotConfused) {
  auto none = header();
  none["alg"] = "\"none\"";
  const auto unsigned_text =
    to_base64url(object_of(none)) + '.' + to_base64url(object_of(claims()));
  auto mac = header();
  mac["alg"] = "\"HS256\"";
  const auto mac_text = to_base64url(object_of(mac)) + '.' + to_base64url(object_of(claims()));
  const auto with_public_key = to_base64url(as_text(hmac_sha256(key.public_jwk(), mac_text)));
  const auto with_pem = to_base64url(as_text(hmac_sha256(key.pem(), mac_text)));
  const auto with_nothing = to_base64url(as_text(hmac_sha256("", mac_text)));
  auto swapped = header();
  swapped["kid"] = quoted(secret.kid());
  expect_refused({
    unsigned_text + '.',
    unsigned_text,
    unsigned_text + "." + to_base64url(key.sign(unsigned_text)),
    head(with(header(), "alg", "\"None\"")),
    head(with(header(), "alg", "\"NONE\"")),
    head(with(header(), "alg", "\"\"")),
    head(with(header(), "alg", "null")),
    head(without(header(), "alg")),
    head(with(header(), "alg", "\"es256\"")),
    head(with(header(), "alg", "\"ES384\"")),
    head(with(header(), "alg", "\"RS256\"")),
    head(with(header(), "alg", "[\"ES256\"]")),
    head(with(header(), "alg", "\"HS256\"")),
    mac_text + '.' + with_public_key,
    mac_text + '.' + with_pem,
    mac_text + '.' + with_nothing,
    signed_by(secret, object_of(mac), object_of(claims())),
    signed_by(secret, object_of(header()), object_of(claims())),
    signed_by(secret, object_of(swapped), object_of(claims())),
    signed_by(key, with(swapped, "alg", "\"HS256\""), object_of(claims())),
  });
}

TEST_F(Forgery, KeysAreOnlyLookedUp) {
  const auto stranger = signing_key::generate_es256().value();
  auto own_jwk = header();
  own_jwk["jwk"] = "{" + stranger.public_jwk() + "}";
  auto stranger_kid = header();
  stranger_kid["kid"] = quoted(stranger.kid());
  expect_refused({
    head(without(header(), "kid")),
    head(with(header(), "kid", "null")),
    head(with(header(), "kid", "\"\"")),
    head(with(header(), "kid", "1")),
    head(with(header(), "kid", "[\"" + key.kid() + "\"]")),
    head(with(header(), "kid", quoted(key.kid() + " "))),
    head(with(header(), "kid", quoted(key.kid() + "\\u0000"))),
    head(with(header(), "kid", "\"../../../../dev/null\"")),
    head(with(header(), "kid", "\"' or '1'='1\"")),
    head(with(header(), "kid", "\"https://evil.example/key\"")),
    head(with(header(), "kid", quoted(std::string(65, 'a')))),
    signed_by(stranger, object_of(header()), object_of(claims())),
    signed_by(stranger, object_of(own_jwk), object_of(claims())),
    signed_by(stranger, object_of(stranger_kid), object_of(claims())),
    signed_by(stranger, with(header(), "x5c", "[\"AAAA\"]"), object_of(claims())),
    signed_by(stranger, with(header(), "jku", "\"http://127.0.0.1:9/\""), object_of(claims())),
    head(with(header(), "crit", "[\"exp\"]")),
    head(with(header(), "crit", "[]")),
    head(with(header(), "b64", "false")),
  });
}

TEST_F(Forgery, TheTypeIsAnAccessToken) {
  expect_refused({
    head(without(header(), "typ")),
    head(with(header(), "typ", "\"JWT\"")),
    head(with(header(), "typ", "\"id+jwt\"")),
    head(with(header(), "typ", "null")),
    head(with(header(), "typ", "\"at+jwt \"")),
    head("[]"),
    head("null"),
    head(""),
    head("{"),
    head("\xff"),
    head(object_of(header()).insert(1, R"("alg":"none",)")),
  });
}

TEST_F(Forgery, ClaimsAreThereAndOfTheRightType) {
  std::vector<std::string> forged;
  for (const auto* name : {"iss", "aud", "sub", "sid", "exp", "iat"}) {
    forged.push_back(body(without(claims(), name)));
    for (const auto* value : {"null", "true", "{}", "[]", "\"\"", "\"1800000900x\""})
      forged.push_back(body(with(claims(), name, value)));
  }
  for (const auto* name : {"jti", "scope", "role", "client_id"})
    forged.push_back(body(with(claims(), name, "7")));
  forged.insert(
    forged.end(),
    {
      body(with(claims(), "iss", "\"Callboard\"")),
      body(with(claims(), "iss", "[\"callboard\"]")),
      body(with(claims(), "aud", "[\"callboard\",1]")),
      body(with(claims(), "aud", "\"callboard,x\"")),
      body(with(claims(), "exp", "\"1800000900\"")),
      body(with(claims(), "exp", "1e30")),
      body(with(claims(), "exp", "18446744073709551615")),
      body(with(claims(), "exp", "9223372036854775807")),
      body(with(claims(), "exp", "-1")),
      body(with(claims(), "iat", "-1")),
      body(with(claims(), "iat", "1.5e9")),
      body(with(claims(), "iat", "1800000061")),
      body(with(claims(), "nbf", "1800000061")),
      body(with(claims(), "nbf", "\"1\"")),
      body(with(claims(), "nbf", "null")),
      body(with(claims(), "sub", "\"00000000-0000-0000-0000-000000000000\"")),
      body(object_of(claims()).insert(1, R"("sub":"01900000-0000-7000-8000-00000000000b",)")),
      body("[]"),
      body("null"),
      body(""),
      body(object_of(claims()) + " {}"),
    });
  expect_refused(forged);
}

TEST_F(Forgery, TheSpellingIsTheOnlyOne) {
  const auto token = good();
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  const auto text = token.substr(0, second);
  const auto signature = from_base64url(token.substr(second + 1)).value();
  auto last_bits = token;
  // 86 characters carry 64 bytes and four idle bits: another letter with the same bytes.
  last_bits.back() = static_cast<char>(last_bits.back() + 1);
  std::string high_s(64, '\xff');
  const auto again = [&](const std::string& raw) { return text + '.' + to_base64url(raw); };
  expect_refused({
    "",
    ".",
    "..",
    "...",
    token + ".",
    "." + token,
    token + ".x",
    " " + token,
    token + " ",
    token + "\n",
    token + "=",
    token + "==",
    token.substr(0, token.size() - 1),
    token + "A",
    token + "AA",
    last_bits,
    again(signature.substr(0, 63)),
    again(signature + '\0'),
    again(""),
    again(std::string(64, '\0')),
    again(high_s),
    again(signature.substr(32) + signature.substr(0, 32)),
    again(signature + signature),
    again(std::string(32, '\0') + signature.substr(32)),
    again(signature.substr(0, 32) + std::string(32, '\0')),
    token.substr(0, first) + "=" + token.substr(first),
    token.substr(0, first) + "\n" + token.substr(first),
    token.substr(first + 1),
    std::string(5000, 'A') + token,
    token.substr(0, second + 1),
    "Bearer " + token,
    token.substr(0, first) + ".." + token.substr(second + 1),
  });
}

TEST_F(Forgery, EveryFlippedBitIsNoticed) {
  const auto token = good();
  std::size_t passed = 0;
  for (std::size_t i = 0; i < token.size(); ++i)
    for (const int bit : {0, 2, 5}) {
      auto forged = token;
      forged[i] = static_cast<char>(forged[i] ^ (1 << bit));
      passed += tokens.verify(forged, now).has_value();
    }
  EXPECT_EQ(passed, 0u);
}

}  // namespace
}  // namespace callboard::net
