#include "actors/base/work_pool.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace callboard {
namespace {

TEST(WorkPool, AJobThatThrowsIsCountedAndTheNextOneRuns) {
  testing::internal::CaptureStderr();
  std::promise<void> done;  // outlives the pool's thread
  work_pool pool("readers", 1, 10);
  ASSERT_TRUE(pool.run([] { throw std::runtime_error("broken page"); }));
  ASSERT_TRUE(pool.run([] { throw 7; }));
  ASSERT_TRUE(pool.run([&] { done.set_value(); }));
  done.get_future().wait();
  EXPECT_EQ(pool.threw(), 2u);
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("pool.job_threw"), std::string::npos);
  EXPECT_NE(log.find("broken page"), std::string::npos);
}

TEST(WorkPool, AFullQueueTakesNothing) {
  std::promise<void> begun, go_on;  // outlive the pool's thread
  work_pool pool("readers", 1, 1);
  ASSERT_TRUE(pool.run([&] {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.run([] {}));
  EXPECT_FALSE(pool.run([] {}));
  go_on.set_value();
}

TEST(WorkPool, AStoppedPoolTakesNothing) {
  work_pool pool("readers", 1, 1);
  pool.stop();
  EXPECT_FALSE(pool.run([] {}));
}

}  // namespace
}  // namespace callboard
