#include "actors/list/fractional_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace callboard::list {
namespace {

TEST(FractionalIndex, KnownKeysFollowThePublishedAlgorithm) {
  EXPECT_EQ(key_between("", ""), "a0");
  EXPECT_EQ(key_between("a0", ""), "a1");
  EXPECT_EQ(key_between("az", ""), "b00");
  EXPECT_EQ(key_between("", "a0"), "Zz");
  EXPECT_EQ(key_between("", "Z0"), "Yzz");
  EXPECT_EQ(key_between("a0", "a1"), "a0V");
  EXPECT_EQ(key_between("a1", "a2"), "a1V");
  EXPECT_EQ(key_between("a0V", "a1"), "a0l");
  EXPECT_EQ(key_between("Zz", "a1"), "a0");
}

TEST(FractionalIndex, TenThousandInsertsIntoOneGapStayInOrder) {
  std::string low = "a0", high = "a1";
  for (int i = 0; i < 10'000; ++i) {
    const auto key = key_between(low, high);
    ASSERT_LT(low, key);
    ASSERT_LT(key, high);
    ASSERT_TRUE(is_order_key(key)) << key;
    // A list rebalances at 64; this goes on alone to prove the order holds beyond.
    if (key.size() > 200)
      low = "a0", high = "a1";
    else
      (i % 3 ? high : low) = key;
  }
}

TEST(FractionalIndex, RandomInsertsAndEndsStayInOrderAndShort) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> keys{key_between("", "")};
  for (int i = 0; i < 5'000; ++i) {
    const auto at = random() % (keys.size() + 1);
    const auto key = key_between(at ? keys[at - 1] : "", at < keys.size() ? keys[at] : "");
    keys.insert(keys.begin() + static_cast<std::ptrdiff_t>(at), key);
    ASSERT_LE(key.size(), 64u);
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), keys.size());
}

TEST(FractionalIndex, AnEndGrowsSlowly) {
  std::string last = "a0", first = "a0";
  for (int i = 0; i < 10'000; ++i) {
    const auto next = key_between(last, ""), before = key_between("", first);
    ASSERT_LT(last, next);
    ASSERT_LT(before, first);
    last = next;
    first = before;
  }
  EXPECT_LE(last.size(), 4u);
  EXPECT_LE(first.size(), 4u);
}

TEST(FractionalIndex, EvenKeysRiseAndAreShort) {
  const auto keys = even_keys(10'000);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_LE(keys.back().size(), 4u);
}

}  // namespace
}  // namespace callboard::list
