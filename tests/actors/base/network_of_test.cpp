#include "actors/base/network_of.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(NetworkOf, AnIpv4AddressIsItself) {
  EXPECT_EQ(network_of("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(network_of("::ffff:10.0.0.1"), "10.0.0.1");
}

TEST(NetworkOf, OfIpv6The64Counts) {
  EXPECT_EQ(network_of("2001:db8:0:7::1"), "2001:db8:0:7::/64");
  EXPECT_EQ(network_of("2001:db8:0:7:ffff:ffff:ffff:ffff"), network_of("2001:db8:0:7::1"));
  EXPECT_NE(network_of("2001:db8:0:8::1"), network_of("2001:db8:0:7::1"));
}

TEST(NetworkOf, OtherTextsStay) {
  EXPECT_EQ(network_of(""), "");
  EXPECT_EQ(network_of("admin socket"), "admin socket");
}

}  // namespace
}  // namespace callboard
