#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

namespace callboard::net::test {
namespace {

using namespace std::chrono_literals;

TEST(SocketStreams, AReplyComesThenTheSnapshotThenTheEvents) {
  house h;
  h.streams.publish(list_one, 3);
  h.streams.snapshot_parts = 2;
  const auto socket = h.signed_in();
  socket->say(sub_text());
  h.settle();
  h.streams.publish(list_one, 2);
  const auto got = h.read(*socket);
  EXPECT_EQ(brief(got), "reply:snapshot snap snap evs:4-5<3");
  EXPECT_EQ(number_of(got[2], "part"), 2u);
  h.streams.publish(list_one);
  EXPECT_EQ(brief(h.read(*socket)), "ev:6<5");
}

TEST(SocketStreams, ASubWithoutSnapshotIsLiveFromTheReply) {
  house h;
  h.streams.publish(list_one, 3);
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "reply:live");
  EXPECT_EQ(number_of(got[0], "seq"), 3u);
  h.streams.publish(list_one);
  EXPECT_EQ(brief(h.read(*socket)), "ev:4<3");
}

TEST(SocketStreams, ASubThatNobodyAnswersIsRefusedInTimeAndALateAnswerTakenBack) {
  house h;
  h.streams.publish(list_one);
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.loop.advance(5s);
  EXPECT_EQ(brief(socket->take_all()), "");
  h.loop.advance(4s);
  const auto got = socket->take_all();
  ASSERT_EQ(brief(got), "reply:no");
  h.settle();  // now it comes
  EXPECT_EQ(h.streams.reader_count(list_one), 0u);
  socket->say(sub_text(R"(,"snapshot":"never")"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:live");
}

TEST(SocketStreams, AResumeReplaysWhatWasMissed) {
  house h;
  h.streams.publish(list_one, 700);
  const auto socket = h.signed_in();
  socket->say(sub_text(since_text(100)));
  EXPECT_EQ(brief(h.read(*socket)), "reply:replay evs:101-356<100 evs:357-612<356 evs:613-700<612");
}

TEST(SocketStreams, AResumeAtTheHeadIsAReplayWithoutEvents) {
  house h;
  h.streams.publish(list_one, 5);
  const auto socket = h.signed_in();
  socket->say(sub_text(since_text(5)));
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "reply:replay");
  EXPECT_TRUE(got[0].at("recovered").as_bool());
}

TEST(SocketStreams, AResumeTooFarBackOrOfAnotherEpochIsASnapshot) {
  house h(10);
  h.streams.publish(list_one, 50);
  const auto socket = h.signed_in();
  socket->say(sub_text(since_text(5)));
  EXPECT_EQ(brief(h.read(*socket)), "reply:snapshot snap");
  socket->say(sub_text(R"(,"since":{"epoch":"0000000000001234","seq":49})"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:snapshot snap");
}

TEST(SocketStreams, HelloResumesItsListWithRepliesThatNameTheStream) {
  house h;
  h.streams.publish(list_one, 3);
  const auto socket = h.connect();
  socket->say(R"({"t":"hello","token":"alice","resume":{")" + one_name +
              R"(":{"epoch":"000000000000abcd","seq":1},"list:x":{"epoch":"000000000000abcd","seq":1}}})");
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "welcome reply:no reply:replay evs:2-3<1");
  EXPECT_EQ(text_of(got[1], "stream"), "list:x");
  EXPECT_EQ(text_of(got[2], "stream"), one_name);
  EXPECT_FALSE(got[2].contains("id"));
}

TEST(SocketStreams, AFilteredSubscriptionHasItsOwnChain) {
  house h;
  h.streams.publish(list_one, 2);
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never","events":["task.created","member.*"])"));
  h.read(*socket);
  h.streams.publish(list_one, 3);
  h.streams.publish(list_one, 1, "task.created.v1");
  EXPECT_EQ(brief(h.read(*socket)), "ev:6<2");
  h.streams.publish(list_one, 1, "member.added.v1");
  h.streams.publish(list_one, 4);
  h.streams.publish(list_one, 1, "task.created.v1");
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "evs:7-12<6");
  EXPECT_EQ(number_of(got[0].at("items").get_array()[1].get_object(), "prev"), 7u);
}

TEST(SocketStreams, AFilteredReplayLeavesOutAndStillArrives) {
  house h;
  for (int i = 0; i < 300; ++i)
    h.streams.publish(list_one, 1, i == 280 ? "task.created.v1" : "task.updated.v1");
  const auto socket = h.signed_in();
  socket->say(sub_text(since_text(10) + R"(,"events":["task.created"])"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:replay evs:281-281<10");
  h.streams.publish(list_one, 1, "task.created.v1");
  EXPECT_EQ(brief(h.read(*socket)), "ev:301<281");
}

TEST(SocketStreams, UnfilteredSubscriptionsShareTheBytes) {
  house h;
  struct keeper final : ws_socket {
    void wake() override {}
    void close(std::uint16_t, std::string) override {}
    void set_reading(bool) override {}
  } end;
  const auto session = make_ws_session(h.shared, *h.judge("alice"), "");
  session->on_open(end);
  session->on_text(R"({"t":"hello"})");
  session->on_text(sub_text(R"(,"snapshot":"never")"));
  h.settle();
  text_pieces out;
  while (session->take(out)) {
  }
  h.streams.publish(list_one);
  h.settle();
  ASSERT_TRUE(session->take(out));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_GE(out[0].use_count(), 2);
  session->on_closed();
}

TEST(SocketStreams, ASecondSubReplacesTheFirst) {
  house h;
  h.streams.publish(list_one, 3);
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.read(*socket);
  socket->say(sub_text(R"(,"snapshot":"never")"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:live");
  h.streams.publish(list_one);
  EXPECT_EQ(brief(h.read(*socket)), "ev:4<3");
  EXPECT_EQ(h.streams.reader_count(list_one), 1u);
}

TEST(SocketStreams, ASubThatIsReplacedBeforeItsAnswerIsStillAnswered) {
  house h;
  const auto socket = h.signed_in();
  socket->say(sub_text("", one_name, 1));
  socket->say(sub_text("", one_name, 2));
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "reply:no reply:snapshot snap");
  EXPECT_EQ(number_of(got[1], "id"), 2u);
  EXPECT_EQ(h.streams.reader_count(list_one), 1u);
}

TEST(SocketStreams, AfterUnsubNothingFollows) {
  house h;
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.read(*socket);
  h.streams.publish(list_one);
  socket->say(R"({"t":"unsub","id":1,"stream":")" + one_name + "\"}");
  EXPECT_EQ(brief(h.read(*socket)), "reply:ok");
  socket->say(R"({"t":"unsub","id":1,"stream":")" + one_name + "\"}");
  EXPECT_EQ(brief(h.read(*socket)), "reply:no");
  EXPECT_EQ(h.streams.reader_count(list_one), 0u);
}

TEST(SocketStreams, ASocketThatLeavesBeforeItsAnswerIsTakenBack) {
  house h;
  auto socket = h.signed_in();
  socket->say(sub_text());
  socket->hang_up();
  h.settle();
  EXPECT_EQ(h.streams.reader_count(list_one), 0u);
  EXPECT_EQ(h.table.subscription_count(), 0u);
}

TEST(SocketStreams, ARemovedMembersLastFrameIsResyncRevoked) {
  house h;
  const auto a = h.signed_in("alice"), b = h.signed_in("bob");
  for (auto* socket : {a.get(), b.get()}) {
    socket->say(sub_text(R"(,"snapshot":"never")"));
    h.read(*socket);
  }
  h.streams.publish(list_one, 1, "member.removed.v1");
  h.streams.revoke(list_one, bob);
  h.streams.publish(list_one);
  EXPECT_EQ(brief(h.read(*b)), "ev:1<0 resync:revoked");
  EXPECT_EQ(brief(h.read(*a)), "evs:1-2<0");
  EXPECT_EQ(h.table.subscription_count(), 1u);
}

TEST(SocketStreams, ASlowSocketGetsResyncOverflowInPlaceOfItsEvents) {
  house h;
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.read(*socket);
  for (int i = 0; i < 5000; ++i)
    h.streams.publish(list_one);
  h.settle();
  EXPECT_EQ(h.streams.reader_count(list_one), 0u);
  EXPECT_EQ(brief(h.read(*socket)), "resync:overflow");
  h.loop.advance(30s);
  EXPECT_EQ(socket->code, 0) << "it was written in time";
  socket->say(sub_text(since_text(0)));
  EXPECT_EQ(brief(h.read(*socket)).substr(0, 24), "reply:replay evs:1-256<0");
}

TEST(SocketStreams, OverflowEndsTheStreamThatFillsTheQueue) {
  house h;
  const entity_ref quiet{entity_kind::list, "01920000-0000-7000-8000-000000000002"};
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  socket->say(sub_text(R"(,"snapshot":"never")", stream_name(quiet)));
  h.read(*socket);
  h.streams.publish(quiet);
  for (int i = 0; i < 1100; ++i)
    h.streams.publish(list_one, 1, "task.updated.v1", 1000);
  h.streams.publish(quiet);
  h.settle();
  EXPECT_EQ(brief(h.read(*socket)), "ev:1<0 resync:overflow ev:2<1");
}

TEST(SocketStreams, AResyncThatIsNotWrittenInTenSecondsClosesTheSocket) {
  house h;
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.read(*socket);
  for (int i = 0; i < 5000; ++i)
    h.streams.publish(list_one);
  h.settle();
  h.loop.advance(9s);
  EXPECT_EQ(socket->code, 0);
  h.loop.advance(2s);
  EXPECT_EQ(socket->code, 4003);
}

TEST(SocketStreams, WhileASnapshotIsTakenLiveEventsWaitAsAPosition) {
  house h;
  h.streams.snapshot_parts = 8;
  h.streams.part_bytes = 200 * 1024;
  const auto socket = h.signed_in();
  socket->say(sub_text());
  h.settle();
  for (int i = 0; i < 6000; ++i)
    h.streams.publish(list_one);
  h.settle();
  const auto got = h.read(*socket);
  EXPECT_EQ(brief(got).substr(0, 74), "reply:snapshot snap snap snap snap snap snap snap snap evs:1-256<0 evs:257");
  EXPECT_EQ(number_of(got.back(), "to"), 6000u);
  EXPECT_LE(socket->last_bytes, 300u * 1024);
}

TEST(SocketStreams, AtMostFourPagesAreAskedAhead) {
  house h;
  const auto socket = h.signed_in();
  for (int i = 0; i < 10; ++i) {
    const entity_ref stream{entity_kind::list, "01920000-0000-7000-8000-00000000002" + std::to_string(i)};
    h.streams.publish(stream, 1000);
    socket->say(sub_text(since_text(1), stream_name(stream)));
  }
  h.settle();
  EXPECT_EQ(h.streams.pages_asked, 4u);
  h.read(*socket);
  EXPECT_EQ(h.streams.pages_asked, 40u);
}

TEST(SocketStreams, ARefusedPageIsAskedAgainAndALostOneIsAResync) {
  house h;
  h.streams.publish(list_one, 5);
  const auto socket = h.signed_in();
  h.streams.page_problem = refuse(problem_code::overloaded, "busy");
  socket->say(sub_text(since_text(1)));
  EXPECT_EQ(brief(h.read(*socket)), "reply:replay");
  h.streams.page_problem.reset();
  h.loop.advance(1s);
  EXPECT_EQ(brief(h.read(*socket)), "evs:2-5<1");
  h.streams.page_problem = refuse(problem_code::position_expired, "gone");
  socket->say(sub_text(since_text(1)));
  EXPECT_EQ(brief(h.read(*socket)), "reply:replay resync:too_old");
}

TEST(SocketStreams, AnIdleStreamBeatsEveryThirtySeconds) {
  house h;
  h.streams.publish(list_one, 2);
  const auto socket = h.signed_in();
  socket->say(sub_text());
  h.read(*socket);
  h.loop.advance(29s);
  EXPECT_EQ(brief(socket->take_all()), "");
  h.loop.advance(2s);
  const auto got = socket->take_all();
  ASSERT_EQ(brief(got), "hb");
  EXPECT_EQ(number_of(got[0], "seq"), 2u);
  h.loop.advance(20s);
  h.streams.publish(list_one);
  h.read(*socket);
  h.loop.advance(20s);
  EXPECT_EQ(brief(socket->take_all()), "");
}

TEST(SocketStreams, EveryIdleStreamOfASocketBeats) {
  house h;
  h.streams.publish(list_one, 3);
  const auto socket = h.signed_in();
  socket->say(sub_text());
  socket->say(R"({"t":"sub","id":2,"stream":"user:me"})");
  h.read(*socket);
  std::set<std::string> beating;
  for (int seconds = 0; seconds < 35; ++seconds) {
    h.loop.advance(1s);
    for (const auto& frame : h.read(*socket))
      if (text_of(frame, "t") == "hb")
        beating.insert(text_of(frame, "stream"));
  }
  EXPECT_EQ(beating.size(), 2u);
}

TEST(SocketStreams, AnEventWakesASocketOnce) {
  house h;
  const auto socket = h.signed_in();
  socket->say(sub_text(R"(,"snapshot":"never")"));
  h.read(*socket);
  const auto before = socket->wakes;
  for (int i = 0; i < 10; ++i)
    h.streams.publish(list_one);
  h.settle();
  EXPECT_EQ(socket->wakes, before + 1);
}

TEST(SocketStreams, FanOutToFourThousandSocketsReachesEveryOne) {
  house h(5000, 10'000);
  std::vector<std::unique_ptr<far_end>> sockets;
  for (int i = 0; i < 4000; ++i) {
    sockets.push_back(h.signed_in());
    sockets.back()->say(sub_text(R"(,"snapshot":"never")"));
  }
  h.settle();
  for (auto& socket : sockets)
    socket->take_all();
  auto best = std::chrono::nanoseconds::max();
  for (int round = 0; round < 20; ++round) {
    h.streams.publish(list_one);
    const auto begin = std::chrono::steady_clock::now();
    h.loop.run();
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
    for (auto& socket : sockets)
      ASSERT_EQ(brief(socket->take_all()), "ev:" + std::to_string(round + 1) + "<" + std::to_string(round));
  }
  std::printf("fan-out: %.0f ns a subscription\n", static_cast<double>(best.count()) / 4000);
}

TEST(SocketStreams, AHeartbeatSaysTheDigestAndAsksForItOnceAChange) {
  house h;
  h.streams.publish(list_one, 2);
  const auto one = h.signed_in(), two = h.signed_in();
  for (const auto* socket : {&one, &two}) {
    (*socket)->say(sub_text(R"(,"snapshot":"never")"));
    h.read(**socket);
  }
  h.digest = state_digest{2, "00000000000000aa"};
  for (int beat = 0; beat < 3; ++beat) {
    h.loop.advance(31s);
    for (const auto* socket : {&one, &two}) {
      const auto got = h.read(**socket);
      ASSERT_EQ(brief(got), "hb");
      EXPECT_EQ(text_of(got[0], "digest"), "00000000000000aa");
    }
  }
  EXPECT_EQ(h.digests_asked, 1u);
  h.streams.publish(list_one);
  h.read(*one);
  // What the entity says is of another moment: no heartbeat that would look like a divergence.
  h.loop.advance(31s);
  EXPECT_EQ(brief(h.read(*one)), "");
  h.digest->seq = 3;
  h.loop.advance(31s);
  EXPECT_EQ(brief(h.read(*one)), "hb");
  h.digest.reset();
  h.streams.publish(list_one);
  h.read(*one);
  h.loop.advance(31s);
  const auto bare = h.read(*one);
  ASSERT_EQ(brief(bare), "hb");
  EXPECT_FALSE(bare[0].contains("digest"));
}

}  // namespace
}  // namespace callboard::net::test
