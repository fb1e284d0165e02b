#include "net/outbound_queue.hpp"

#include <gtest/gtest.h>

namespace callboard::net {
namespace {

std::string take(outbound_queue& queue, std::size_t bytes_max = 256 * 1024) {
  text_pieces out;
  message_builder message(out);
  queue.take(message, bytes_max, [](std::uint32_t key) { return "list:" + std::to_string(key); });
  message.finish();
  return join(out);
}

TEST(OutboundQueue, OneFrameIsABareObjectAndSeveralAreAnArray) {
  outbound_queue queue;
  queue.push_control(share("{1}"));
  EXPECT_EQ(take(queue), "{1}");
  queue.push_control(share("{1}"));
  queue.push_event(share("{2}"), 1, 5, 4);
  queue.push_control(share("{3}"));
  EXPECT_EQ(take(queue), "[{1},{2},{3}]");
  EXPECT_TRUE(queue.empty());
}

TEST(OutboundQueue, EventsOfOneSubscriptionThatWaitInARowBecomeOneEvs) {
  outbound_queue queue;
  queue.push_event(share("{5}"), 1, 5, 4);
  queue.push_event(share("{7}"), 1, 7, 5);
  queue.push_event(share("{1}"), 2, 1, 0);
  EXPECT_EQ(take(queue), R"([{"t":"evs","stream":"list:1","from":5,"to":7,"prev":4,"items":[{5},{7}]},{1}])");
}

TEST(OutboundQueue, AMessageStopsAtItsSizeAndTheRestWaits) {
  outbound_queue queue;
  for (int i = 0; i < 3; ++i)
    queue.push_control(share(std::string(10, 'x')));
  EXPECT_EQ(take(queue, 15).size(), 23u);
  EXPECT_EQ(take(queue, 15).size(), 10u);
}

TEST(OutboundQueue, TheBoundsCountFramesAndBytesOfEventsOnly) {
  outbound_queue queue;
  queue.push_control(share(std::string(2 * outbound_queue::event_bytes_max, 'c')));
  EXPECT_TRUE(queue.has_room(1));
  for (std::size_t i = 0; i < outbound_queue::event_frames_max; ++i)
    queue.push_event(share("{}"), 1, i + 1, i);
  EXPECT_FALSE(queue.has_room(1));
  take(queue);
  take(queue);
  EXPECT_TRUE(queue.has_room(outbound_queue::event_bytes_max));
  EXPECT_FALSE(queue.has_room(outbound_queue::event_bytes_max + 1));
}

TEST(OutboundQueue, DroppingASubscriptionLeavesTheOthersInOrder) {
  outbound_queue queue;
  queue.push_event(share("{aaaa}"), 1, 1, 0);
  queue.push_event(share("{b}"), 2, 1, 0);
  queue.push_control(share("{c}"));
  EXPECT_EQ(queue.heaviest(), 1u);
  queue.drop_events(1);
  EXPECT_EQ(queue.event_bytes(), 3u);
  EXPECT_EQ(take(queue), "[{b},{c}]");
}

}  // namespace
}  // namespace callboard::net
