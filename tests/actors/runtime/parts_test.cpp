#include "actors/runtime/event_ring.hpp"
#include "actors/runtime/interest.hpp"
#include "actors/runtime/outcome_codec.hpp"
#include "actors/runtime/repeat_memory.hpp"

#include <gtest/gtest.h>

namespace callboard::runtime {
namespace {

published event_at(std::uint64_t seq, std::size_t bytes = 10) {
  auto event = std::make_shared<recorded_event>();
  event->seq = seq;
  return {event, share(std::string(bytes, 'x'))};
}

TEST(EventRing, CoversWhatFollowsASequenceNumberItHolds) {
  event_ring ring;
  EXPECT_FALSE(ring.covers(0));
  for (std::uint64_t seq = 5; seq <= 9; ++seq)
    ring.push(event_at(seq));
  EXPECT_FALSE(ring.covers(3));
  EXPECT_TRUE(ring.covers(4));
  EXPECT_TRUE(ring.covers(9));
  EXPECT_FALSE(ring.covers(10));
  const auto page = ring.after(6, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].event->seq, 7u);
  EXPECT_TRUE(ring.after(9, 10).empty());
}

TEST(EventRing, StartsAnewAfterAHole) {
  event_ring ring;
  ring.push(event_at(1));
  ring.push(event_at(5));
  EXPECT_FALSE(ring.covers(1));
  EXPECT_TRUE(ring.covers(4));
}

TEST(EventRing, StaysWithinItsBounds) {
  event_ring ring;
  for (std::uint64_t seq = 1; seq <= 3'000; ++seq)
    ring.push(event_at(seq));
  EXPECT_FALSE(ring.covers(3'000 - event_ring::events_max - 1));
  EXPECT_TRUE(ring.covers(3'000 - event_ring::events_max));
  for (std::uint64_t seq = 3'001; seq <= 3'020; ++seq)
    ring.push(event_at(seq, 100'000));
  EXPECT_LE(ring.bytes(), event_ring::bytes_max);
}

TEST(Interest, EndsWithTheLastRelease) {
  interest who;
  const entity_ref stream{entity_kind::list, "a"};
  EXPECT_FALSE(who.any(stream));
  who.add(stream);
  who.add(stream);
  EXPECT_FALSE(who.release(stream, 1));
  EXPECT_TRUE(who.any(stream));
  EXPECT_TRUE(who.release(stream, 1));
  EXPECT_FALSE(who.any(stream));
}

repeat_key key(std::uint8_t k, std::uint8_t body) {
  repeat_key made;
  made.key_hash.fill(k);
  made.body_hash.fill(body);
  return made;
}

TEST(RepeatMemory, KnowsRunningDoneAndOtherContent) {
  repeat_memory memory;
  const auto who = make_uuid_v7();
  using verdict = repeat_memory::verdict;
  const auto now = wall_now();
  EXPECT_EQ(memory.judge(who, key(1, 1), 0, now), verdict::fresh);
  memory.start(who, key(1, 1), 3, now);
  EXPECT_EQ(memory.judge(who, key(1, 1), 2, now), verdict::running);
  EXPECT_EQ(memory.judge(who, key(1, 1), 3, now), verdict::done);
  EXPECT_EQ(memory.judge(who, key(1, 2), 3, now), verdict::mismatch);
  EXPECT_EQ(memory.judge(who, key(1, 1), 3, now + std::chrono::hours(25)), verdict::fresh);
  EXPECT_EQ(memory.judge(make_uuid_v7(), key(1, 1), 3, now), verdict::fresh);
}

TEST(OutcomeCodec, GivesBackWhatWasAnswered) {
  answer reply;
  reply.status = 201;
  reply.etag = 7;
  reply.resources = {"/v1/lists/a", "/v1/lists/b"};
  reply.body = {share(R"({"a":"],\"body\":x",)"), share(R"("b":[1]})")};
  outcome_row row;
  row.status = reply.status;
  row.seq = 9;
  row.answer = encode_outcome(reply, false);
  const auto stored = decode_outcome(row);
  ASSERT_TRUE(stored);
  EXPECT_EQ(join(stored->reply.body), join(reply.body));
  EXPECT_EQ(stored->reply.resources, reply.resources);
  EXPECT_EQ(stored->reply.etag, reply.etag);
  EXPECT_TRUE(stored->reply.replayed);
  EXPECT_FALSE(stored->body_is_event_data);
}

}  // namespace
}  // namespace callboard::runtime
