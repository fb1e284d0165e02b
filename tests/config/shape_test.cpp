#include "config/shape.hpp"

#include <gtest/gtest.h>

namespace callboard::config {
namespace {

TEST(Shape, Endpoints) {
  for (const auto* good : {"127.0.0.1:8080", "localhost:0", "[::1]:80", "example.org:65535"})
    EXPECT_FALSE(check_endpoint(good)) << good;
  for (const auto* bad : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "a:65536", "::1:80", "a b:1", "[x]:1", "a:-1"})
    EXPECT_TRUE(check_endpoint(bad)) << bad;
}

TEST(Shape, Ranges) {
  for (const auto* good : {"10.0.0.0/8", "192.168.1.1", "fd00::/8", "::1"})
    EXPECT_FALSE(check_cidr(good)) << good;
  for (const auto* bad : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "host/8", "10.0.0.0/"})
    EXPECT_TRUE(check_cidr(bad)) << bad;
}

TEST(Shape, Origins) {
  for (const auto* good : {"*", "http://localhost:5173", "https://app.example", "http://[::1]:80"})
    EXPECT_FALSE(check_origin(good)) << good;
  for (const auto* bad : {"", "app.example", "https://app.example/", "https://", "ftp://a", "https://a:b", "null"})
    EXPECT_TRUE(check_origin(bad)) << bad;
}

TEST(Shape, Stores) {
  EXPECT_FALSE(check_store_url("sqlite:./data"));
  EXPECT_FALSE(check_store_url("postgresql:///callboard?host=/run/postgresql"));
  EXPECT_TRUE(check_store_url("sqlite:"));
  EXPECT_TRUE(check_store_url("mysql://x"));
}

TEST(Shape, Loopback) {
  EXPECT_TRUE(is_loopback("127.0.0.1:8080"));
  EXPECT_TRUE(is_loopback("[::1]:80"));
  EXPECT_TRUE(is_loopback("localhost:0"));
  EXPECT_FALSE(is_loopback("0.0.0.0:80"));
  EXPECT_FALSE(is_loopback("127.evil.example:80"));
}

TEST(Shape, PasswordsAreMaskedWhereverTheyStand) {
  EXPECT_EQ(mask_password("postgresql://me:hu@sh@db/x"), "postgresql://me:***@db/x");
  EXPECT_EQ(mask_password("postgresql://me@db/x?sslmode=require&password=hush&a=b"),
            "postgresql://me@db/x?sslmode=require&password=***&a=b");
  EXPECT_EQ(mask_password("postgresql://me:a@db/x?password=b"), "postgresql://me:***@db/x?password=***");
  EXPECT_EQ(mask_password("postgresql://db:5432/x"), "postgresql://db:5432/x");
  EXPECT_EQ(mask_password("sqlite:./a:b@c"), "sqlite:./a:b@c");
  EXPECT_FALSE(has_password("postgresql://db:5432/x"));
}

}  // namespace
}  // namespace callboard::config
