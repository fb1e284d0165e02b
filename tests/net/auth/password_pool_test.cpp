#include "net/auth/password_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace callboard::net {
namespace {

result<std::string> hash_of(password_pool& pool, const std::string& password) {
  std::promise<result<std::string>> told;
  EXPECT_TRUE(pool.hash(password, [&](auto out) { told.set_value(std::move(out)); }));
  return told.get_future().get();
}

result<password_verdict> verdict_of(password_pool& pool, const std::string& password,
                                    const std::string& stored) {
  std::promise<result<password_verdict>> told;
  EXPECT_TRUE(pool.verify(password, stored, [&](auto out) { told.set_value(std::move(out)); }));
  return told.get_future().get();
}

TEST(PasswordPool, HashesWithTheParametersWeDemand) {
  password_pool pool;
  const auto hash = hash_of(pool, "correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, hash_of(pool, "correct horse").value());
}

TEST(PasswordPool, VerifiesTheRightPasswordAlone) {
  password_pool pool;
  const auto long_one = std::string(127, 'x') + "y";
  const auto hash = hash_of(pool, long_one).value();
  EXPECT_TRUE(verdict_of(pool, long_one, hash)->matches);
  EXPECT_FALSE(verdict_of(pool, long_one, hash)->needs_rehash);
  EXPECT_FALSE(verdict_of(pool, std::string(127, 'x') + "z", hash)->matches);
  EXPECT_FALSE(verdict_of(pool, std::string(127, 'x'), hash)->matches);
  EXPECT_FALSE(verdict_of(pool, long_one, "")->matches);
  EXPECT_FALSE(verdict_of(pool, long_one, std::string(500, '$'))->matches);
}

TEST(PasswordPool, NobodyNeverMatches) {
  password_pool pool;
  std::promise<result<password_verdict>> told;
  ASSERT_TRUE(
    pool.verify_nobody("whatever it is", [&](auto out) { told.set_value(std::move(out)); }));
  EXPECT_FALSE(told.get_future().get()->matches);
}

TEST(PasswordPool, RefusesMoreThanItsQueueHoldsAndAnswersTheRest) {
  std::atomic<int> answered = 0;
  int accepted = 0;
  int refused = 0;
  {
    // The one thread is held in its first answer until all have been offered; the promises outlive it.
    std::promise<void> offered;
    std::promise<void> busy;
    password_pool pool({.threads = 1, .queue_max = 3});
    ASSERT_TRUE(pool.hash("first", [&](auto) {
      busy.set_value();
      offered.get_future().wait();
      ++answered;
    }));
    busy.get_future().wait();
    for (int i = 0; i < 10; ++i)
      (pool.hash("more", [&](auto) { ++answered; }) ? accepted : refused)++;
    offered.set_value();
  }
  EXPECT_EQ(accepted, 3);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(answered, 4);
}

TEST(PasswordPool, AfterItsStopItTakesNothing) {
  password_pool pool;
  pool.stop();
  EXPECT_FALSE(pool.hash("late", [](auto) { FAIL(); }));
  pool.stop();
}

TEST(PasswordPool, WhatWaitsAtTheStopIsAnsweredDraining) {
  std::atomic<int> draining = 0;
  password_pool pool({.threads = 0, .queue_max = 2});
  ASSERT_TRUE(
    pool.hash("a", [&](auto out) { draining += out.error().code == problem_code::draining; }));
  ASSERT_TRUE(pool.verify(
    "a", "b", [&](auto out) { draining += out.error().code == problem_code::draining; }));
  pool.stop();
  EXPECT_EQ(draining, 2);
}

}  // namespace
}  // namespace callboard::net
