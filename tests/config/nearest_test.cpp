#include "config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace callboard::config {
namespace {

constexpr std::array<std::string_view, 3> words{"serve", "migrate", "doctor"};

TEST(Nearest, FindsASlipOfTheFinger) {
  EXPECT_EQ(nearest("sevre", words), "serve");
  EXPECT_EQ(nearest("migrat", words), "migrate");
  EXPECT_EQ(nearest("doktor", words), "doctor");
}

TEST(Nearest, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("banana", words), "");
  EXPECT_EQ(nearest(std::string(5'000, 'a'), words), "");
}

}  // namespace
}  // namespace callboard::config
