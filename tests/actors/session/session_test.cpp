#include "actors/session/session.hpp"
#include "actors/session/session_kind.hpp"
#include "tests/actors/rehearsal.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;

std::string hash_of(int n) {
  char text[65];
  std::snprintf(text, sizeof text, "%064x", n);
  // The distinguishing digits go first, where short hashes look.
  return std::string(text).substr(48) + std::string(text).substr(0, 48);
}

class Session : public ::testing::Test {
 protected:
  rehearsal r{session::descriptor(), "01900000-0000-7000-8000-0000000000f1"};

  static std::string start_args(const std::string& hash) {
    return R"({"user_id":"01900000-0000-7000-8000-00000000000a","device":"phone","ip":"10.0.0.1","user_agent":"x",)"
           R"("refresh_hash":")" +
           hash +
           R"(","scopes":"tasks:read tasks:write","role":"player",)"
           R"("expires_at":"2027-02-01T00:00:00.000Z"})";
  }
  void start() { r.grant("session.start", start_args(hash_of(1))); }

  static std::string pair(int presented, int successor) {
    return R"({"presented_hash":")" + hash_of(presented) + R"(","successor_hash":")" +
           hash_of(successor) + "\"}";
  }
  std::string refresh(int presented, int successor) {
    const auto out = r.tell("session.refresh", pair(presented, successor));
    if (!out)
      return std::string(info(out.error().code).wire_name);
    return std::string(rehearsal::json_of(out->reply).at("outcome").as_string());
  }
  bool confirms(const char* user = "01900000-0000-7000-8000-00000000000a") const {
    return !r.ask("session.confirm", std::string(R"({"user_id":")") + user + "\"}").problem;
  }
};

TEST_F(Session, StartsOnceAndTellsItsAccount) {
  const auto begun = r.grant("session.start", start_args(hash_of(1)));
  ASSERT_EQ(begun.outbox.size(), 1u);
  EXPECT_EQ(begun.outbox[0].type, "account.note_session");
  ASSERT_EQ(begun.timers.size(), 1u);
  EXPECT_TRUE(r.grant("session.start", start_args(hash_of(1))).events.empty());
  EXPECT_EQ(r.refused("session.start", start_args(hash_of(2))), problem_code::already_exists);
  r.expect_replay_equals_live();
}

TEST_F(Session, ConfirmsItsUserAlone) {
  EXPECT_FALSE(confirms());
  start();
  EXPECT_TRUE(confirms());
  EXPECT_FALSE(confirms("01900000-0000-7000-8000-00000000000b"));
}

TEST_F(Session, ConfirmsNobodyOnceItExpiredEvenBeforeItsTimerFires) {
  start();
  r.now += 30 * 24h;
  EXPECT_FALSE(confirms());
  EXPECT_EQ(refresh(1, 2), "token_revoked");
}

TEST_F(Session, RefreshingRotatesTheToken) {
  start();
  EXPECT_EQ(refresh(1, 2), "ok");
  EXPECT_EQ(refresh(2, 3), "ok");
  EXPECT_TRUE(confirms());
  r.expect_replay_equals_live();
}

TEST_F(Session, TheSameTokenWithinAMinuteGetsTheSameSuccessor) {
  start();
  EXPECT_EQ(refresh(1, 2), "ok");
  r.now += 60s;
  EXPECT_EQ(refresh(1, 2), "same_successor");
  EXPECT_EQ(r.journal().size(), 2u);
  EXPECT_EQ(refresh(2, 3), "ok");
}

TEST_F(Session, TheSameTokenLaterEndsTheSession) {
  start();
  EXPECT_EQ(refresh(1, 2), "ok");
  r.now += 60s + 1ms;
  EXPECT_EQ(refresh(1, 2), "reused");
  EXPECT_FALSE(confirms());
  EXPECT_EQ(refresh(2, 3), "token_revoked");
  EXPECT_EQ(refresh(1, 2), "refresh_reused");
  EXPECT_EQ(r.types().back(), "session.ended.v1");
  r.expect_replay_equals_live();
}

TEST_F(Session, ATokenWhoseSuccessorWasUsedEndsTheSessionAtOnce) {
  start();
  EXPECT_EQ(refresh(1, 2), "ok");
  EXPECT_EQ(refresh(2, 3), "ok");
  EXPECT_EQ(refresh(1, 2), "reused");
  EXPECT_FALSE(confirms());
}

TEST_F(Session, AReuseTellsTheAccountAndStopsTheTimer) {
  start();
  refresh(1, 2);
  refresh(2, 3);
  const auto out = r.grant("session.refresh", pair(1, 2));
  ASSERT_EQ(out.outbox.size(), 1u);
  EXPECT_EQ(out.outbox[0].type, "account.forget_session");
  ASSERT_EQ(out.timers.size(), 1u);
  EXPECT_FALSE(out.timers[0].due_at);
}

TEST_F(Session, AHashThatWasNeverItsOwnChangesNothing) {
  EXPECT_EQ(refresh(1, 2), "unauthenticated");
  start();
  EXPECT_EQ(refresh(77, 78), "unauthenticated");
  EXPECT_TRUE(confirms());
  EXPECT_EQ(refresh(1, 2), "ok");
}

TEST_F(Session, OldTokensAreRecognisedAfterARestartAndInBoundedMemory) {
  start();
  const int last = static_cast<int>(session::former_max) + 10;
  for (int i = 1; i < last; ++i) ASSERT_EQ(refresh(i, i + 1), "ok");
  r.expect_replay_equals_live();
  EXPECT_LT(r.live().state_bytes(), 64u * 1024);
  EXPECT_EQ(refresh(1, 2), "unauthenticated");  // forgotten: it opens nothing, and ends nothing
  EXPECT_EQ(refresh(100, 101), "reused");
}

TEST_F(Session, RevokingIsForGoodAndMayBeRepeated) {
  start();
  EXPECT_EQ(r.grant("session.revoke", R"({"reason":"logout"})").reply.status, 204);
  EXPECT_FALSE(confirms());
  EXPECT_TRUE(r.grant("session.revoke", R"({"reason":"logout"})").events.empty());
  EXPECT_EQ(r.refused("session.start", start_args(hash_of(9))), problem_code::already_exists);
  EXPECT_TRUE(rehearsal::json_of(r.ask("session.get")).at("ended_at").is_string());
  r.expect_replay_equals_live();
}

TEST_F(Session, RevokingWhatNeverBeganRecordsNothing) {
  EXPECT_TRUE(r.grant("session.revoke", R"({"reason":"logout"})").events.empty());
  EXPECT_EQ(r.ask("session.get").problem.value().code, problem_code::not_found);
}

TEST_F(Session, ExpiresByItsTimerOnce) {
  start();
  EXPECT_TRUE(r.grant("timer.fired", R"({"name":"expiry","gen":4})").events.empty());
  EXPECT_EQ(r.grant("timer.fired", R"({"name":"expiry","gen":1})").events.size(), 1u);
  EXPECT_TRUE(r.grant("timer.fired", R"({"name":"expiry","gen":1})").events.empty());
  r.expect_replay_equals_live();
}

TEST_F(Session, ANewRoleBringsItsScopes) {
  start();
  r.grant("session.set_role", R"({"role":"admin"})");
  EXPECT_TRUE(r.grant("session.set_role", R"({"role":"admin"})").events.empty());
  const auto shown = rehearsal::json_of(r.ask("session.get"));
  EXPECT_EQ(shown.at("role"), "admin");
  EXPECT_NE(std::string(shown.at("scopes").as_string()).find("admin:write"), std::string::npos);
  r.expect_replay_equals_live();
}

TEST_F(Session, HashesAreKeptFromAuditorsAndAnswers) {
  start();
  refresh(1, 2);
  for (const auto& event : r.journal()) {
    const auto data = parse_json(*event.data).value();
    for (const auto& member : data.as_object()) {
      const bool is_hash = member.value().is_string() && member.value().as_string().size() == 64;
      EXPECT_EQ(is_hash, member.key().front() == '_') << member.key();
    }
  }
  EXPECT_EQ(join(r.ask("session.get").body).find(hash_of(2)), std::string::npos);
}

TEST_F(Session, BadArgsAreRefused) {
  EXPECT_FALSE(r.tell("session.start", "{}"));
  EXPECT_FALSE(r.tell("session.start", start_args("abc")));
  EXPECT_FALSE(r.tell("session.refresh", R"({"presented_hash":"A","successor_hash":null})"));
  EXPECT_FALSE(r.tell("session.set_role", R"({"role":"king"})"));
}

}  // namespace
}  // namespace callboard
