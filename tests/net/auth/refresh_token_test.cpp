#include "net/auth/refresh_token.hpp"

#include <gtest/gtest.h>

namespace callboard::net {
namespace {

TEST(RefreshToken, ReadsBackWhatItWrote) {
  const auto token = make_refresh_token(make_uuid_v7());
  const auto read = parse_refresh_token(token.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->session, token.session);
  EXPECT_EQ(read->secret, token.secret);
  EXPECT_EQ(read->hash(), token.hash());
  EXPECT_EQ(token.hash().size(), 64u);
}

TEST(RefreshToken, NoTwoAreAlike) {
  const auto sid = make_uuid_v7();
  EXPECT_NE(make_refresh_token(sid).secret, make_refresh_token(sid).secret);
}

TEST(RefreshToken, TheSuccessorIsOneAndNeedsTheServersKey) {
  const auto token = make_refresh_token(make_uuid_v7());
  const auto next = successor_of(token, "key");
  EXPECT_EQ(next.text(), successor_of(token, "key").text());
  EXPECT_NE(next.text(), successor_of(token, "another key").text());
  EXPECT_NE(next.hash(), token.hash());
  EXPECT_EQ(next.session, token.session);
  auto other = token;
  other.session = make_uuid_v7();
  EXPECT_NE(successor_of(other, "key").secret, next.secret);
}

TEST(RefreshToken, OtherTextsAreNone) {
  const auto good = make_refresh_token(make_uuid_v7()).text();
  for (const auto& text :
       {std::string(), good.substr(1), good + "A", good.substr(0, good.size() - 1), good + "=",
        std::string(80, '.'), std::string(36, 'a') + good.substr(36)})
    EXPECT_FALSE(parse_refresh_token(text)) << text;
  auto nil = good;
  nil.replace(0, 36, "00000000-0000-0000-0000-000000000000");
  EXPECT_FALSE(parse_refresh_token(nil));
}

}  // namespace
}  // namespace callboard::net
