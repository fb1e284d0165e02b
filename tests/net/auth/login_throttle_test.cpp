#include "net/auth/login_throttle.hpp"

#include <gtest/gtest.h>

#include <string>

namespace callboard::net {
namespace {

using namespace std::chrono_literals;

class LoginThrottle : public ::testing::Test {
 protected:
  login_throttle throttle{42};
  login_throttle::time now{1h};

  bool admits(const std::string& account, const std::string& address) {
    return !throttle.admit(account, address, now);
  }
  /// Failed attempts until the first is not admitted.
  int attempts(const std::string& account, const std::string& address, int max) {
    for (int i = 0; i < max; ++i)
      if (!admits(account, address))
        return i;
    return max;
  }
};

TEST_F(LoginThrottle, GuessingIsSlowedByTheTenthAttempt) {
  EXPECT_LT(attempts("ann", "10.0.0.1", 20), 10);
}

TEST_F(LoginThrottle, TheDelayDoublesUpToAShortEndForAnAccount) {
  attempts("ann", "10.0.0.1", 20);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    const auto wait = throttle.admit("ann", "10.0.0.1", now);
    ASSERT_TRUE(wait);
    waits.push_back(wait->count());
    now += *wait;
    ASSERT_TRUE(admits("ann", "10.0.0.1"));
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 30, 30, 30}));
}

TEST_F(LoginThrottle, ASuccessCleansTheAccountsSlate) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(admits("ann", "10.0.0.1"));
    throttle.succeeded("ann", "10.0.0.1");
  }
}

TEST_F(LoginThrottle, OthersAreNotSlowed) {
  attempts("ann", "10.0.0.1", 20);
  EXPECT_TRUE(admits("bob", "10.0.0.1"));
}

TEST_F(LoginThrottle, AnAddressThatTriesManyAccountsIsSlowed) {
  int admitted = 0;
  for (int i = 0; i < 200; ++i) admitted += admits("user" + std::to_string(i), "10.0.0.1");
  EXPECT_EQ(admitted, 50);
  EXPECT_TRUE(admits("ann", "10.0.0.2"));
}

TEST_F(LoginThrottle, ASuccessOnAnOwnAccountDoesNotCleanTheAddress) {
  int admitted = 0;
  for (int i = 0; i < 200; ++i) {
    admitted += admits("user" + std::to_string(i), "10.0.0.1");
    if (admits("own", "10.0.0.1"))
      throttle.succeeded("own", "10.0.0.1");
  }
  EXPECT_LE(admitted, 50);
}

TEST_F(LoginThrottle, ANetworkOfIpv6IsOneAddress) {
  int admitted = 0;
  for (int i = 0; i < 200; ++i)
    admitted += admits("user" + std::to_string(i), "2001:db8:0:7::" + std::to_string(i));
  EXPECT_EQ(admitted, 50);
  EXPECT_TRUE(admits("ann", "2001:db8:0:8::1"));
}

TEST_F(LoginThrottle, AMappedIpv4AddressIsThatAddress) {
  for (int i = 0; i < 50; ++i) admits("user" + std::to_string(i), "10.0.0.1");
  EXPECT_FALSE(admits("ann", "::ffff:10.0.0.1"));
  EXPECT_TRUE(admits("ann", "::ffff:10.0.0.2"));
}

TEST_F(LoginThrottle, QuietTimeForgets) {
  attempts("ann", "10.0.0.1", 20);
  now += 900s;
  EXPECT_GE(attempts("ann", "10.0.0.1", 20), 8);
}

TEST_F(LoginThrottle, WhatWasNotJudgedIsGivenBack) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(admits("ann", "10.0.0.1"));
    throttle.cancelled("ann", "10.0.0.1");
  }
}

TEST_F(LoginThrottle, MemoryIsBoundedAndTheOldestGoFirst) {
  login_throttle small(42, {.entries_max = 10});
  for (int i = 0; i < 20; ++i) small.admit("ann", "10.0.0.1", now);
  ASSERT_TRUE(small.admit("ann", "10.0.0.1", now));
  for (int i = 0; i < 10; ++i)
    small.admit("user" + std::to_string(i), "10.0.1." + std::to_string(i), now);
  EXPECT_FALSE(small.admit("ann", "10.0.0.2", now));
}

}  // namespace
}  // namespace callboard::net
