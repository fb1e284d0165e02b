#include "net/event_readers.hpp"
#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

namespace callboard::net::test {
namespace {

struct Polls : ::testing::Test {
  void poll(std::optional<position> since, int wait_s = 30, std::shared_ptr<const event_filter> filter = {}) {
    said.clear();
    const auto who = home.judge("alice");
    readers.poll({who->who, who->expires, {list_one, since}, std::move(filter), std::chrono::seconds(wait_s)},
                 [this](result<poll_answer> answer) {
                   if (!answer) {
                     said = info(answer.error().code).wire_name;
                     return;
                   }
                   said = "at " + std::to_string(answer->seq) + ":";
                   for (const auto& event : answer->items)
                     said += " " + std::to_string(event->seq);
                 });
    home.settle();
  }
  std::optional<position> at(std::uint64_t seq) { return position{0xABCD, seq}; }

  house home;
  event_readers readers{home.table, home.quota};
  std::string said;
};

TEST_F(Polls, WithoutAPositionThePresentIsToldAtOnce) {
  home.streams.publish(list_one, 3);
  poll({});
  EXPECT_EQ(said, "at 3:");
}

TEST_F(Polls, WhatWasMissedComesAtOnce) {
  home.streams.publish(list_one, 5);
  poll(at(2));
  EXPECT_EQ(said, "at 5: 3 4 5");
}

TEST_F(Polls, WaitForTheNextEvent) {
  home.streams.publish(list_one, 2);
  poll(at(2));
  EXPECT_EQ(said, "");
  home.streams.publish(list_one, 2);
  home.settle();
  EXPECT_EQ(said, "at 4: 3 4");
  EXPECT_EQ(home.streams.reader_count(list_one), 0u);
}

TEST_F(Polls, AnswerEmptyWhenTheWaitIsOver) {
  home.streams.publish(list_one, 2);
  poll(at(2), 3);
  home.loop.advance(std::chrono::seconds(2));
  EXPECT_EQ(said, "");
  home.loop.advance(std::chrono::seconds(2));
  EXPECT_EQ(said, "at 2:");
  poll(at(2), 0);
  EXPECT_EQ(said, "at 2:");
}

TEST_F(Polls, AFilterMovesThePositionOverWhatItLeavesOut) {
  auto filter = std::make_shared<event_filter>();
  filter->add("task.completed");
  home.streams.publish(list_one, 600);
  home.streams.publish(list_one, 1, "task.completed.v1");
  poll(at(0), 30, filter);
  EXPECT_EQ(said, "at 601: 601");
  home.streams.publish(list_one, 2);
  poll(at(601), 0, filter);
  EXPECT_EQ(said, "at 603:");
}

TEST_F(Polls, ALongWayIsToldInPagesThatFollowEachOther) {
  home.streams.publish(list_one, 600);
  std::uint64_t position = 0;
  for (int i = 0; i < 10 && position < 600; ++i) {
    poll(at(position));
    ASSERT_TRUE(said.starts_with("at ")) << said;
    const auto next = std::stoull(said.substr(3));
    ASSERT_EQ(std::stoull(said.substr(said.find(": ") + 2)), position + 1);
    position = next;
  }
  EXPECT_EQ(position, 600u);
}

TEST_F(Polls, APositionThatCannotBeHadIs410) {
  home.streams.publish(list_one, 3);
  poll(position{0x1234, 1});
  EXPECT_EQ(said, "position_expired");
  poll(at(9));
  EXPECT_EQ(said, "position_expired");
}

TEST_F(Polls, EndWithTheRightsTheTokenAndTheNode) {
  poll(at(0));
  home.table.revoke_session(alice);
  home.settle();
  EXPECT_EQ(said, "token_revoked");
  poll(at(0));
  home.streams.revoke(list_one, alice);
  home.settle();
  EXPECT_EQ(said, "not_found");
  home.lifetime = std::chrono::seconds(5);
  poll(at(0));
  home.loop.advance(std::chrono::seconds(6));
  EXPECT_EQ(said, "token_expired");
  home.lifetime = std::chrono::seconds(900);
  poll(at(0));
  home.table.drain();
  home.settle();
  EXPECT_EQ(said, "at 0:");
  poll(at(0));
  EXPECT_EQ(said, "draining");
}

TEST_F(Polls, CountAsSocketsOfTheirUser) {
  for (int i = 0; i < 3; ++i) {
    poll(at(0), 1);
    EXPECT_EQ(said, "");
  }
  poll(at(0));
  EXPECT_EQ(said, "rate_limited");
  home.loop.advance(std::chrono::seconds(3));
  poll(at(0), 0);
  EXPECT_EQ(said, "at 0:");
}

TEST_F(Polls, WhatStillWaitsAtTheEndAsksNothingOfEntitiesThatAreGone) {
  {
    event_readers ending(home.table, home.quota);
    const auto who = home.judge("alice");
    ending.poll({who->who, who->expires, {list_one, at(0)}, {}, std::chrono::seconds(30)}, [](auto) { FAIL(); });
    home.settle();
    ending.open({who->who, who->expires, {{list_one, at(0)}}, {}}, [](auto) { FAIL(); });
  }
  home.streams.do_all();
  EXPECT_EQ(home.streams.reader_count(list_one), 2u);
  EXPECT_EQ(home.table.reader_count(), 0u);
}

TEST_F(Polls, AForeignStreamIs404) {
  home.streams.forbid(list_one);
  poll(at(0));
  EXPECT_EQ(said, "not_found");
}

}  // namespace
}  // namespace callboard::net::test
