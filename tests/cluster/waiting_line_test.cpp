#include "cluster/waiting_line.hpp"

#include <gtest/gtest.h>

namespace callboard::cluster {
namespace {

TEST(WaitingLine, TellsTheTimeAndTheEventsWhereTheyAreKnown) {
  EXPECT_EQ(waiting_line::text("rebuilding", 3, 0), "rebuilding: 3 s");
  EXPECT_EQ(waiting_line::text("rebuilding", 61, 4096), "rebuilding: 61 s, 4096 events");
}

TEST(WaitingLine, IsSaidOnceWhereNobodyLooksAtATerminal) {
  testing::internal::CaptureStderr();
  {
    waiting_line line("rebuilding");
    line.set_done(5);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "rebuilding ...\n");
}

}  // namespace
}  // namespace callboard::cluster
