#include "persistence/postgres/connection_settings.hpp"
#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/pg_arrays.hpp"
#include "persistence/postgres/snapshot_codec.hpp"

#include <gtest/gtest.h>

namespace callboard::postgres {
namespace {

TEST(PgArrays, AnEmptyArrayHasNoDimension) {
  binary_array a(type_oid::int2);
  EXPECT_EQ(a.finish(), std::string_view("\0\0\0\0\0\0\0\0\0\0\0\x15", 12));
}

TEST(PgArrays, NumbersStandInNetworkOrderBehindTheirLength) {
  binary_array a(type_oid::int2);
  a.add_int2(258);
  EXPECT_EQ(a.finish(), std::string_view("\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\1\0\0\0\1\0\0\0\2\1\2", 26));
}

TEST(PgArrays, ANullIsFlagged) {
  binary_array a(type_oid::uuid);
  a.add_null();
  EXPECT_EQ(a.finish()[7], 1);
}

TEST(PgArrays, BytesComeBackFromHex) {
  EXPECT_EQ(bytes_of("\\x00ff10"), std::string("\0\xff\x10", 3));
  EXPECT_FALSE(bytes_of("\\x0"));
  EXPECT_FALSE(bytes_of("00"));
}

TEST(SnapshotCodec, GivesBackWhatItTook) {
  const std::string state(100'000, 'a');
  const auto packed = pack_snapshot(state);
  EXPECT_LT(packed.size(), 1'000u);
  EXPECT_EQ(unpack_snapshot(packed), state);
  EXPECT_FALSE(unpack_snapshot("no zstd"));
}

TEST(ConnectionSettings, AnAddressThatCannotBeReadIsRefusedWithoutQuotingIt) {
  const auto read = connection_settings::parse("postgresql://u:geheim@[::1/x", "", "n1");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().detail.find("geheim"), std::string::npos);
}

TEST(ConnectionSettings, TheNodeShowsInTheApplicationName) {
  const auto read = connection_settings::parse("postgresql://u:it's@db/x", "", "n1");
  ASSERT_TRUE(read);
  EXPECT_NE(read->text("-c jit=off").find("application_name='callboard/n1'"), std::string::npos);
  EXPECT_NE(read->text("").find("password='it\\'s'"), std::string::npos);
}

}  // namespace
}  // namespace callboard::postgres
