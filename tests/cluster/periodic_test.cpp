#include "cluster/periodic.hpp"

#include <gtest/gtest.h>

#include <future>

namespace callboard::cluster {
namespace {

using namespace std::chrono_literals;

TEST(Periodic, WhereThereIsMoreToDoItGoesOnAfterTheShortPause) {
  int done = 0;
  std::promise<void> fifth;
  periodic work(1h, 1ms, [&] {
    if (++done == 5)
      fifth.set_value();
    return done < 5;
  });
  EXPECT_EQ(fifth.get_future().wait_for(20s), std::future_status::ready);
}

TEST(Periodic, EndsInTheMidstOfAPause) {
  const auto begun = std::chrono::steady_clock::now();
  {
    periodic work(1h, [] {});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
}

}  // namespace
}  // namespace callboard::cluster
