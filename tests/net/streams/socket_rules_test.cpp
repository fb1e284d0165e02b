#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

namespace callboard::net::test {
namespace {

using namespace std::chrono_literals;

TEST(SocketRules, WhatComesFirstDecidesWhetherTheSocketLives) {
  const std::vector<std::pair<std::string, std::uint16_t>> cases{
    {R"({"t":"ping"})", 4501},
    {R"({"t":"hello"})", 4501},
    {R"({"t":"hello","token":"wrong"})", 4501},
    {R"({"t":"hello","token":"old"})", 4001},
    {R"({"t":"hello","token":"alice"})", 0},
    {R"([{"t":"hello","token":"alice"},{"t":"hello","token":"alice"}])", 4500},
    {"no json", 4500},
    {"[]", 4500},
  };
  for (const auto& [text, code] : cases) {
    house h;
    const auto socket = h.connect();
    socket->say(text);
    EXPECT_EQ(socket->code, code) << text;
  }
}

TEST(SocketRules, ATokenOfTheUpgradeNeedsNoneInHello) {
  house h;
  const auto socket = h.connect(*h.judge("alice"));
  socket->say(R"({"t":"hello"})");
  const auto frames = socket->take_all();
  ASSERT_EQ(brief(frames), "welcome");
  EXPECT_EQ(text_of(frames[0].at("user").get_object(), "id"), to_string(alice));
  EXPECT_EQ(text_of(frames[0].at("user").get_object(), "name"), "Alice");
}

TEST(SocketRules, WithoutHelloItClosesAfterTenSeconds) {
  house h;
  const auto socket = h.connect();
  h.loop.advance(9s);
  EXPECT_EQ(socket->code, 0);
  h.loop.advance(2s);
  EXPECT_EQ(socket->code, 4501);
}

TEST(SocketRules, FramesBehindHelloWaitForTheVerdictAndKeepTheirOrder) {
  house h;
  h.hold_judging = true;
  const auto socket = h.connect();
  socket->say(R"([{"t":"hello","token":"alice"},{"t":"ping","ts":1}])");
  socket->say(R"({"t":"ping","ts":2})");
  EXPECT_FALSE(socket->reading);
  EXPECT_EQ(brief(socket->take_all()), "");
  h.judge_all();
  EXPECT_TRUE(socket->reading);
  const auto frames = socket->take_all();
  ASSERT_EQ(brief(frames), "welcome pong pong");
  EXPECT_EQ(number_of(frames[2], "ts"), 2u);
}

TEST(SocketRules, AVerdictForASocketThatIsGoneIsDropped) {
  house h;
  h.hold_judging = true;
  auto socket = h.connect();
  socket->say(R"({"t":"hello","token":"alice"})");
  socket->hang_up();
  h.judge_all();
  EXPECT_EQ(h.table.reader_count(), 0u);
}

TEST(SocketRules, OverTheSocketsOfAUserItClosesWithoutWelcome) {
  house h(5000, 1);
  const auto first = h.signed_in();
  const auto second = h.connect();
  second->say(R"({"t":"hello","token":"alice"})");
  EXPECT_EQ(second->code, 4503);
  EXPECT_EQ(brief(second->take_all()), "");
  first->hang_up();
  EXPECT_EQ(h.signed_in()->code, 0);
}

TEST(SocketRules, ATokenIsAnnouncedToExpireAndThenTheSocketGoes) {
  house h;
  h.lifetime = 120s;
  const auto socket = h.signed_in();
  h.loop.advance(59s);
  EXPECT_EQ(brief(socket->take_all()), "");
  h.loop.advance(2s);
  EXPECT_EQ(brief(socket->take_all()), "expiring");
  h.loop.advance(61s);
  EXPECT_EQ(socket->code, 4001);
  const auto last = socket->take_all();
  ASSERT_EQ(brief(last), "bye");
  EXPECT_TRUE(last[0].at("reconnect").as_bool());
}

TEST(SocketRules, AFreshTokenOfTheSameUserKeepsTheSocket) {
  house h;
  h.lifetime = 120s;
  const auto socket = h.signed_in();
  h.loop.advance(100s);
  socket->take_all();
  socket->say(R"([{"t":"auth","id":1,"token":"bob"},{"t":"auth","id":2,"token":"wrong"},{"t":"auth","id":3,"token":"alice"}])");
  EXPECT_EQ(brief(socket->take_all()), "reply:no reply:no reply:ok");
  h.loop.advance(50s);
  EXPECT_EQ(socket->code, 0);
}

TEST(SocketRules, EndedSessionsDisabledAccountsAndDrainSayGoodbye) {
  house h;
  const auto a = h.signed_in("alice"), b = h.signed_in("bob");
  h.table.revoke_session(alice);
  h.loop.run();
  EXPECT_EQ(a->code, 4505);
  EXPECT_FALSE(a->take_all().back().at("reconnect").as_bool());
  EXPECT_EQ(b->code, 0);
  h.table.disable_user(bob);
  h.loop.run();
  EXPECT_EQ(b->code, 4506);
  const auto c = h.signed_in();
  h.table.drain();
  h.loop.run();
  EXPECT_EQ(c->code, 4000);
  EXPECT_EQ(number_of(c->take_all().back(), "code"), 4000u);
}

TEST(SocketRules, WhoComesWhileTheNodeDrainsIsSentAway) {
  house h;
  h.table.drain();
  h.loop.run();
  EXPECT_EQ(h.connect()->code, 4000);
}

TEST(SocketRules, ASignInThatEndedWhileItsTokenWasJudgedDoesNotGetIn) {
  house h;
  bool ended = false;
  h.shared.is_denied = [&](const uuid& session) { return ended && session == alice; };
  h.hold_judging = true;
  const auto socket = h.connect();
  socket->say(R"({"t":"hello","token":"alice"})");
  ended = true;
  h.judge_all();
  EXPECT_EQ(socket->code, 4505);
  EXPECT_TRUE(socket->take_all().empty());
}

TEST(SocketRules, ATokenOfAnEndedSignInDoesNotRenew) {
  house h;
  const auto socket = h.signed_in();
  h.shared.is_denied = [](const uuid&) { return true; };
  socket->say(R"({"t":"auth","id":1,"token":"alice"})");
  EXPECT_EQ(brief(socket->take_all()), "reply:no");
}

TEST(SocketRules, WithOtherRightsASocketComesBackWithANewToken) {
  house h;
  const auto a = h.signed_in("alice"), b = h.signed_in("bob");
  h.table.recheck_session(alice);
  h.loop.run();
  EXPECT_EQ(a->code, 4001);
  EXPECT_TRUE(a->take_all().back().at("reconnect").as_bool());
  EXPECT_EQ(b->code, 0);
}

TEST(SocketRules, OverTheRateFramesAreRefusedAndAThousandEndTheSocket) {
  house h;
  const auto socket = h.signed_in();
  for (int i = 0; i < 100; ++i)
    socket->say(R"({"t":"ping"})");
  EXPECT_EQ(socket->take_all().size(), 100u);
  socket->say(R"({"t":"unsub","id":9,"stream":"list:x"})");
  const auto refused = socket->take_all();
  ASSERT_EQ(brief(refused), "reply:no");
  EXPECT_EQ(number_of(refused[0], "id"), 9u);
  EXPECT_GE(number_of(refused[0], "retry_after_ms"), 1u);
  h.loop.advance(1s);
  for (int i = 0; i < 50; ++i)
    socket->say(R"({"t":"ping"})");
  EXPECT_EQ(socket->take_all().size(), 50u);
  for (int i = 0; i < 1000 && socket->code == 0; ++i)
    socket->say(R"({"t":"ping"})"), socket->take_all();
  EXPECT_EQ(socket->code, 4006);
}

TEST(SocketRules, WithoutRateLimitsNothingIsRefused) {
  house h(5000, 3, {.rate_limits = false});
  const auto socket = h.signed_in();
  for (int i = 0; i < 500; ++i)
    socket->say(R"({"t":"ping"})");
  EXPECT_EQ(socket->take_all().size(), 500u);
}

std::string cmd_text(int id, const std::string& more = "") {
  return R"({"t":"cmd","id":)" + std::to_string(id) + R"(,"stream":")" + one_name + R"(","type":"task.create")" + more +
         "}";
}

TEST(SocketRules, ACommandIsAnsweredOnceWithWhatBecameOfIt) {
  house h;
  const auto socket = h.signed_in();
  socket->say(cmd_text(1));
  socket->say(cmd_text(2));
  ASSERT_EQ(h.commands.size(), 2u);
  EXPECT_FALSE(h.commands[0].first.op_id.is_nil());
  EXPECT_EQ(h.commands[0].first.who.user, alice);
  h.commands[1].second(refused(refuse(problem_code::not_found, "no")));
  answer done;
  done.seq = 7;
  done.resources = {"/v1/x"};
  h.commands[0].second(std::move(done));
  const auto replies = socket->take_all();
  ASSERT_EQ(brief(replies), "reply:no reply:ok");
  EXPECT_EQ(text_of(replies[1], "status"), "applied");
  EXPECT_EQ(number_of(replies[1], "seq"), 7u);
  EXPECT_EQ(text_of(replies[1], "op_id"), to_string(h.commands[0].first.op_id));
}

TEST(SocketRules, AnAsyncCommandIsAcceptedAndItsOutcomeReachesTheUsersSockets) {
  house h;
  const auto sender = h.signed_in(), other = h.signed_in();
  other->say(sub_text("", "user:me"));
  h.read(*other);
  sender->say(cmd_text(1, R"(,"async":true)"));
  auto no = refused(refuse(problem_code::forbidden, "no"));
  no.kept = true;
  h.commands[0].second(std::move(no));
  h.loop.run();
  const auto got = sender->take_all();
  ASSERT_EQ(brief(got), "reply:ok cmd");
  EXPECT_EQ(text_of(got[0], "status"), "accepted");
  EXPECT_EQ(text_of(got[1], "status"), "rejected");
  EXPECT_EQ(brief(other->take_all()), "cmd");
  other->say(cmd_text(2, R"(,"async":true)"));
  answer yes;
  yes.kept = true;
  h.commands[1].second(std::move(yes));
  h.loop.run();
  EXPECT_EQ(brief(other->take_all()), "reply:ok cmd");
}

TEST(SocketRules, ARepeatOfAnAsyncCommandThatStillRunsIsAcceptedAgainAndToldOnce) {
  house h;
  const auto socket = h.signed_in();
  socket->say(cmd_text(1, R"(,"async":true)"));
  h.commands[0].second(refused(refuse(problem_code::idempotency_in_progress, "still running")));
  const auto got = socket->take_all();
  ASSERT_EQ(brief(got), "reply:ok");
  EXPECT_EQ(text_of(got[0], "status"), "accepted");
}

TEST(SocketRules, AnAsyncCommandOfBadShapeIsRefusedAtOnce) {
  house h;
  const auto socket = h.signed_in();
  socket->say(cmd_text(1, R"(,"async":true)"));
  h.commands[0].second(refused(refuse_field("/title", "required", "is needed")));
  EXPECT_EQ(brief(socket->take_all()), "reply:no");
}

TEST(SocketRules, BeyondTheWindowReadingStopsUntilAnswersHaveGoneOut) {
  house h(5000, 3, {.window = 4});
  const auto socket = h.signed_in();
  for (int i = 0; i < 4; ++i)
    socket->say(cmd_text(i));
  EXPECT_FALSE(socket->reading);
  h.commands[0].second(answer{});
  EXPECT_FALSE(socket->reading) << "the answer has not gone out yet";
  EXPECT_EQ(brief(socket->take_all()), "reply:ok");
  EXPECT_TRUE(socket->reading);
}

TEST(SocketRules, WhoReadsNoAnswersIsNotRead) {
  house h(5000, 3, {.rate_limits = false});
  const auto socket = h.signed_in();
  for (int i = 0; i < 1024; ++i)
    socket->say(R"({"t":"ping"})");
  EXPECT_FALSE(socket->reading);
  socket->take_all();
  EXPECT_TRUE(socket->reading);
}

TEST(SocketRules, StreamsThatOneMayNotSeeAreNotFound) {
  house h;
  h.streams.forbid(list_one);
  const auto socket = h.signed_in();
  for (const auto& name : {one_name, "user:" + to_string(bob), std::string("queue:x"), std::string("list:x")}) {
    socket->say(sub_text("", name));
    const auto got = h.read(*socket);
    ASSERT_EQ(brief(got), "reply:no") << name;
    EXPECT_EQ(text_of(got[0].at("problem").get_object(), "code"), "not_found") << name;
  }
  EXPECT_EQ(h.table.subscription_count(), 0u);
}

TEST(SocketRules, WithoutTheScopeNoStreamIsHad) {
  house h;
  const auto socket = h.signed_in("weak");
  socket->say(sub_text());
  const auto got = h.read(*socket);
  ASSERT_EQ(brief(got), "reply:no");
  EXPECT_EQ(text_of(got[0].at("problem").get_object(), "code"), "scope_missing");
}

TEST(SocketRules, ASocketFollowsOnlySoManyStreams) {
  house h(5000, 3, {.subscriptions_max = 1});
  const auto socket = h.signed_in();
  socket->say(sub_text());
  socket->say(sub_text("", "user:me"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:no reply:snapshot snap");
  socket->say(R"({"t":"unsub","id":1,"stream":")" + one_name + "\"}");
  socket->say(sub_text("", "user:me"));
  EXPECT_EQ(brief(h.read(*socket)), "reply:ok reply:snapshot snap");
}

}  // namespace
}  // namespace callboard::net::test
