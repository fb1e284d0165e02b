#include "net/auth/token_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace callboard::net {
namespace {

using namespace std::chrono_literals;
using verdict = token_cache::verdict;

class TokenCache : public ::testing::Test {
 protected:
  token_cache cache{900s, 100};
  timestamp now{std::chrono::seconds{1'800'000'000}};
  steady_time tick{1h};

  static principal someone() {
    principal p;
    p.user = make_uuid_v7();
    p.session = make_uuid_v7();
    return p;
  }
};

TEST_F(TokenCache, KnowsWhatWasPut) {
  const auto who = someone();
  EXPECT_EQ(cache.lookup("t", now, tick).what, verdict::miss);
  ASSERT_TRUE(cache.put("t", who, now + 10min, tick));
  const auto found = cache.lookup("t", now, tick);
  EXPECT_EQ(found.what, verdict::fresh);
  EXPECT_EQ(found.who.user, who.user);
  EXPECT_EQ(found.expires_at, now + 10min);
  EXPECT_EQ(cache.lookup("t2", now, tick).what, verdict::miss);
}

TEST_F(TokenCache, AsksForConfirmationAfterFiveSeconds) {
  const auto who = someone();
  cache.put("t", who, now + 10min, tick);
  EXPECT_EQ(cache.lookup("t", now, tick + 5s - 1ms).what, verdict::fresh);
  EXPECT_EQ(cache.lookup("t", now, tick + 5s).what, verdict::stale);
  EXPECT_EQ(cache.lookup("t", now, tick + 5s).who.user, who.user);
  cache.put("t", who, now + 10min, tick + 5s);
  EXPECT_EQ(cache.lookup("t", now, tick + 6s).what, verdict::fresh);
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(TokenCache, AfterARecheckTheSessionIsAskedAnew) {
  const auto who = someone(), other = someone();
  cache.put("t", who, now + 10min, tick);
  cache.put("o", other, now + 10min, tick);
  cache.recheck(who.session, tick);
  EXPECT_EQ(cache.lookup("t", now, tick).what, verdict::stale);
  EXPECT_EQ(cache.lookup("o", now, tick).what, verdict::fresh);
  cache.put("t", who, now + 10min, tick);
  EXPECT_EQ(cache.lookup("t", now, tick).what, verdict::fresh);
}

TEST_F(TokenCache, AnExpiredTokenIsAMiss) {
  cache.put("t", someone(), now + 1s, tick);
  EXPECT_EQ(cache.lookup("t", now + 1s - 1ms, tick).what, verdict::fresh);
  EXPECT_EQ(cache.lookup("t", now + 1s, tick).what, verdict::miss);
}

TEST_F(TokenCache, ADeniedSessionStaysOutForOneTtlWhateverIsConfirmed) {
  const auto who = someone();
  cache.put("t", who, now + 2h, tick);
  cache.deny(who.session, tick);
  EXPECT_EQ(cache.lookup("t", now, tick).what, verdict::denied);
  EXPECT_FALSE(cache.put("t", who, now + 2h, tick + 899s));
  EXPECT_FALSE(cache.put("other token", who, now + 2h, tick + 899s));
  EXPECT_TRUE(cache.is_denied(who.session, tick + 899s));
  EXPECT_FALSE(cache.is_denied(who.session, tick + 900s));
}

TEST_F(TokenCache, ADenialLeavesOthersAlone) {
  const auto who = someone();
  cache.put("t", who, now + 1h, tick);
  cache.deny(make_uuid_v7(), tick);
  EXPECT_EQ(cache.lookup("t", now, tick).what, verdict::fresh);
}

TEST_F(TokenCache, AnApiTokenWithoutAnEndStaysKnown) {
  cache.put("t", someone(), {}, tick);
  EXPECT_EQ(cache.lookup("t", now + 24h * 3650, tick).what, verdict::fresh);
}

TEST_F(TokenCache, RecheckingAUsersApiTokensLeavesHisSignInsAlone) {
  auto who = someone();
  cache.put("sign-in", who, now + 1h, tick);
  who.kind = actor_kind::token;
  who.session = make_uuid_v7();
  cache.put("api token", who, {}, tick);
  cache.recheck_tokens(who.user, tick);
  EXPECT_EQ(cache.lookup("api token", now, tick).what, verdict::stale);
  EXPECT_EQ(cache.lookup("sign-in", now, tick).what, verdict::fresh);
}

TEST_F(TokenCache, HoldsABoundedNumberAndForgetsTheOldest) {
  for (int i = 0; i < 250; ++i) cache.put("t" + std::to_string(i), someone(), now + 1h, tick);
  EXPECT_EQ(cache.size(), 100u);
  EXPECT_EQ(cache.lookup("t149", now, tick).what, verdict::miss);
  EXPECT_EQ(cache.lookup("t150", now, tick).what, verdict::fresh);
  EXPECT_EQ(cache.lookup("t249", now, tick).what, verdict::fresh);
}

}  // namespace
}  // namespace callboard::net
