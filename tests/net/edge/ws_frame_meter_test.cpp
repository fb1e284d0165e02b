#include "net/ws_frame_meter.hpp"

#include "tests/net/edge/ws_client.hpp"

namespace callboard::net::testing {
namespace {

std::uint16_t feed(ws_frame_meter& meter, const std::string& bytes, steady_time at = {}) {
  std::uint16_t code = 0;
  for (const char byte : bytes) {
    const auto raw = static_cast<unsigned char>(byte);
    code = meter.feed({&raw, 1}, at + std::chrono::hours(1));
  }
  return code;
}

TEST(WsFrameMeter, EmptyFragmentsWithoutEndAreCounted) {
  const ws_limits limits;
  ws_frame_meter meter(limits);
  EXPECT_EQ(feed(meter, frame(0x01, "")), 0);
  for (int i = 0; i < 63; ++i)
    EXPECT_EQ(feed(meter, frame(0x00, "")), 0);
  EXPECT_EQ(feed(meter, frame(0x00, "")), 1008);
}

TEST(WsFrameMeter, ControlFramesAreCountedBySecond) {
  const ws_limits limits;
  ws_frame_meter meter(limits);
  const steady_time start{};
  for (int second = 0; second < 3; ++second)
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(feed(meter, frame(0x89, "p"), start + std::chrono::seconds(second)), 0);
  EXPECT_EQ(feed(meter, frame(0x89, "p"), start + std::chrono::seconds(2)), 1008);
}

TEST(WsFrameMeter, PayloadsOfAnyLengthAreSkipped) {
  const ws_limits limits;
  ws_frame_meter meter(limits);
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65535u, 70000u})
    EXPECT_EQ(feed(meter, text(std::string(size, '\x02'))), 0);
  EXPECT_EQ(feed(meter, frame(0x82, "")), 1003);
}

}  // namespace
}  // namespace callboard::net::testing
