#include "net/auth/jwt.hpp"

#include "actors/base/json_reader.hpp"
#include "net/auth/base64url.hpp"
#include "net/auth/jwks.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <thread>

namespace callboard::net {
namespace {

using namespace std::chrono_literals;

const timestamp now{std::chrono::seconds{1'800'000'000}};

access_claims some_claims() {
  access_claims c;
  c.user = make_uuid_v7();
  c.session = make_uuid_v7();
  c.token_id = make_uuid_v7();
  c.role = instance_role::admin;
  c.scopes = scopes_of(instance_role::admin);
  c.client_id = "web";
  c.issued_at = now;
  c.expires_at = now + 15min;
  return c;
}

signing_key some_secret() {
  return signing_key::from_secret("0123456789abcdef0123456789abcdef").value();
}

class Jwt : public ::testing::TestWithParam<bool> {
 protected:
  access_tokens tokens{"callboard", "callboard",
                       GetParam() ? signing_key::generate_es256().value() : some_secret()};
};

INSTANTIATE_TEST_SUITE_P(Algorithms, Jwt, ::testing::Values(true, false),
                         [](const auto& p) { return p.param ? "Es256" : "Hs256"; });

TEST_P(Jwt, ATokenSaysWhatWasSigned) {
  const auto c = some_claims();
  const auto read = tokens.verify(tokens.sign(c), now);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, c.user);
  EXPECT_EQ(read->session, c.session);
  EXPECT_EQ(read->token_id, c.token_id);
  EXPECT_EQ(read->role, c.role);
  EXPECT_EQ(read->scopes, c.scopes);
  EXPECT_EQ(read->client_id, c.client_id);
  EXPECT_EQ(read->issued_at, c.issued_at);
  EXPECT_EQ(read->expires_at, c.expires_at);
}

TEST_P(Jwt, ExpiryHasNoLeewayAndItsOwnCode) {
  const auto token = tokens.sign(some_claims());
  EXPECT_TRUE(tokens.verify(token, now + 15min - 1ms));
  EXPECT_EQ(tokens.verify(token, now + 15min).error().code, problem_code::token_expired);
}

TEST_P(Jwt, AnExpiredTokenWithAWrongSignatureIsNotCalledExpired) {
  auto token = tokens.sign(some_claims());
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(tokens.verify(token, now + 1h).error().code, problem_code::unauthenticated);
}

TEST_P(Jwt, IssuedInTheFutureHasAMinuteOfLeeway) {
  const auto token = tokens.sign(some_claims());
  EXPECT_TRUE(tokens.verify(token, now - 60s));
  EXPECT_EQ(tokens.verify(token, now - 61s).error().code, problem_code::unauthenticated);
}

TEST_P(Jwt, AnotherIssuerAudienceOrKeyIsRefused) {
  const auto token = tokens.sign(some_claims());
  const auto key = tokens.keys().front();
  EXPECT_TRUE(access_tokens("callboard", "callboard", key).verify(token, now));
  EXPECT_FALSE(access_tokens("other", "callboard", key).verify(token, now));
  EXPECT_FALSE(access_tokens("callboard", "other", key).verify(token, now));
  EXPECT_FALSE(access_tokens("callboard", "callboard", signing_key::generate_es256().value())
                 .verify(token, now));
}

TEST_P(Jwt, AnOldKeyIsAcceptedBesideANewOne) {
  access_tokens both("callboard", "callboard", signing_key::generate_es256().value());
  const auto token = tokens.sign(some_claims());
  EXPECT_FALSE(both.verify(token, now));
  both.accept(tokens.keys().front());
  EXPECT_TRUE(both.verify(token, now));
  EXPECT_TRUE(both.verify(both.sign(some_claims()), now));
}

TEST_P(Jwt, ManyThreadsVerifyAtOnce) {
  const auto token = tokens.sign(some_claims());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) good += tokens.verify(token, now).has_value();
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(good, 200);
}

TEST(SigningKey, PemKeepsTheKey) {
  const auto key = signing_key::generate_es256().value();
  const auto again = signing_key::from_pem(key.pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kid(), key.kid());
  EXPECT_TRUE(again->verify("text", key.sign("text")));
}

TEST(SigningKey, RefusesWhatIsNoKeyForItsAlgorithm) {
  EXPECT_FALSE(signing_key::from_pem(""));
  EXPECT_FALSE(
    signing_key::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  EXPECT_FALSE(signing_key::from_secret("0123456789abcdef0123456789abcde"));
}

TEST(SigningKey, TheThumbprintIsThatOfRfc7638) {
  const auto key = signing_key::generate_es256().value();
  const auto jwk = parse_json("{" + key.public_jwk() + "}").value();
  EXPECT_EQ(jwk.at("kty"), "EC");
  EXPECT_EQ(jwk.at("x").as_string().size(), 43u);
  EXPECT_EQ(key.kid().size(), 43u);
}

TEST(Jwks, ShowsPublicKeysAndNoSecrets) {
  access_tokens tokens("callboard", "callboard", signing_key::generate_es256().value());
  tokens.accept(some_secret());
  const auto set = parse_json(jwks_json(tokens)).value();
  ASSERT_EQ(set.at("keys").as_array().size(), 1u);
  const auto& key = set.at("keys").at(0).as_object();
  EXPECT_EQ(key.at("alg"), "ES256");
  EXPECT_EQ(key.at("kid"), tokens.keys().front().kid().c_str());
  EXPECT_FALSE(key.contains("d"));
  EXPECT_EQ(jwks_json(access_tokens("a", "b", some_secret())), R"({"keys":[]})");
}

TEST(Base64url, ReadsOnlyWhatItWrites) {
  for (std::size_t n = 0; n < 70; ++n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(i * 37 + n);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
  for (const auto* text :
       {"A", "AB", "AAAB=", "AA==", "A A", "AA+A", "AA/A", "AAAAA", "\xff\xff", "AAA\n"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace callboard::net
