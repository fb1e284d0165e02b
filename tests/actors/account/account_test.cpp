#include "actors/account/account.hpp"
#include "actors/account/account_kind.hpp"
#include "tests/actors/rehearsal.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;

constexpr auto create_args = R"({"email":"Ann@Example.org","username":"Ann_1","name":"Ann",)"
                             R"("password_hash":"$argon2id$one","role":"player"})";

std::string sid(int n) {
  char id[37];
  std::snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", n);
  return id;
}

envelope if_rev(std::uint64_t rev) {
  envelope out;
  out.if_rev = rev;
  return out;
}

class Account : public ::testing::Test {
 protected:
  rehearsal r{account::descriptor(), "01900000-0000-7000-8000-00000000000a"};

  void SetUp() override { r.grant("account.create", create_args); }

  decision note(int n, const char* role = "player") {
    return r.grant("account.note_session", R"({"session_id":")" + sid(n) + R"(","started_at":")" +
                                             to_rfc3339(r.now) + R"(","expires_at":")" +
                                             to_rfc3339(r.now + 24h) + R"(","role":")" + role +
                                             "\"}");
  }
  std::size_t sessions() const {
    return rehearsal::json_of(r.ask("account.sessions")).at("ids").as_array().size();
  }
  boost::json::value user() const { return rehearsal::json_of(r.ask("account.get")); }
};

TEST(AccountCreate, AnswersTheUserAndConfirmsItsLogins) {
  rehearsal r{account::descriptor(), "01900000-0000-7000-8000-00000000000a"};
  const auto made = r.grant("account.create", create_args);
  EXPECT_EQ(made.reply.status, 201);
  EXPECT_EQ(made.reply.etag, 1u);
  ASSERT_EQ(made.outbox.size(), 2u);
  EXPECT_EQ(made.outbox[0].to.id, "email:ann@example.org");
  EXPECT_EQ(made.outbox[1].to.id, "name:ann_1");
  EXPECT_EQ(made.outbox[0].type, "login.confirm");
  const auto shown = rehearsal::json_of(made.reply);
  EXPECT_EQ(shown.at("email"), "Ann@Example.org");
  EXPECT_EQ(shown.at("timezone"), "UTC");
  EXPECT_EQ(shown.at("locale"), "en");
  EXPECT_EQ(shown.at("color"), "#808080");
  EXPECT_TRUE(shown.at("disabled_at").is_null());
  r.expect_replay_equals_live();
}

TEST(AccountCreate, WhatDoesNotExistIsNotFound) {
  rehearsal r{account::descriptor(), "01900000-0000-7000-8000-00000000000a"};
  EXPECT_EQ(r.ask("account.get").problem.value().code, problem_code::not_found);
  EXPECT_EQ(r.refused("account.update", R"({"name":"x"})"), problem_code::not_found);
}

TEST_F(Account, MayBeCreatedAgainAlikeButNotOtherwise) {
  EXPECT_TRUE(r.grant("account.create", create_args).events.empty());
  EXPECT_EQ(r.refused("account.create",
                      R"({"email":"b@c","name":"B","password_hash":"x","role":"player"})"),
            problem_code::already_exists);
}

TEST_F(Account, NoSecretIsInItsEventsButUnderAnUnderscore) {
  r.grant("account.set_password", R"({"password_hash":"$argon2id$two"})");
  for (const auto& event : r.journal()) {
    auto data = parse_json(*event.data).value();
    data.as_object().erase("_secret");
    EXPECT_EQ(boost::json::serialize(data).find("argon2id"), std::string::npos);
  }
  EXPECT_EQ(join(r.ask("account.get").body).find("argon2id"), std::string::npos);
  EXPECT_EQ(rehearsal::json_of(r.ask("account.credentials")).at("password_hash"), "$argon2id$two");
  r.expect_replay_equals_live();
}

TEST_F(Account, AnUpdateTellsNewAndFormerValues) {
  r.now += 1s;
  const auto out =
    r.grant("account.update", R"({"name":"  Anna ","timezone":"Europe/Paris","locale":"en"})");
  ASSERT_EQ(out.events.size(), 1u);
  EXPECT_EQ(*out.events[0].data, R"({"name":"Anna","timezone":"Europe/Paris"})");
  EXPECT_EQ(out.events[0].old, R"({"name":"Ann","timezone":"UTC"})");
  EXPECT_EQ(user().at("rev"), 3);
  EXPECT_EQ(out.reply.etag, 3u);
  EXPECT_EQ(user().at("updated_at"), to_rfc3339(r.now).c_str());
  r.expect_replay_equals_live();
}

TEST_F(Account, AnUpdateWithoutChangeRecordsNothing) {
  EXPECT_TRUE(r.grant("account.update", "{}").events.empty());
  const auto out = r.grant("account.update", R"({"name":"Ann","timezone":null})");
  EXPECT_TRUE(out.events.empty());
  EXPECT_EQ(rehearsal::json_of(out.reply), user());
}

TEST_F(Account, NullSetsTheDefault) {
  r.grant("account.update", R"({"timezone":"Asia/Tokyo","color":"#a0B1c2"})");
  r.grant("account.update", R"({"timezone":null,"color":null})");
  EXPECT_EQ(user().at("timezone"), "UTC");
  EXPECT_EQ(user().at("color"), "#808080");
}

TEST_F(Account, ADifferentRevisionIsRefusedWithThePresentUser) {
  r.grant("account.update", R"({"name":"Anna"})", if_rev(1));
  const auto stale = r.tell("account.update", R"({"name":"Anne"})", if_rev(1));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, problem_code::precondition_failed);
  EXPECT_EQ(parse_json("{" + stale.error().extra + "}")->at("current"), user());
}

TEST_F(Account, EveryWrongFieldIsNamed) {
  const auto out = r.tell(
    "account.update",
    R"({"name":null,"timezone":"Mars/Base","locale":"e","color":"red","role":"admin","x":1})");
  ASSERT_FALSE(out);
  std::vector<std::string> seen;
  for (const auto& e : out.error().errors) seen.push_back(e.pointer + " " + e.code);
  EXPECT_EQ(seen,
            (std::vector<std::string>{"/name type", "/timezone unknown", "/locale pattern",
                                      "/color pattern", "/role read_only", "/x unknown_member"}));
}

TEST_F(Account, NamesAreMeasuredInCodePoints) {
  std::string name;
  for (int i = 0; i < 64; ++i) name += "\u00e9";
  r.grant("account.update", R"({"name":")" + name + "\"}");
  EXPECT_EQ(r.refused("account.update", R"({"name":")" + name + "x\"}"), problem_code::validation);
  EXPECT_EQ(r.refused("account.update", R"({"name":"   "})"), problem_code::validation);
  EXPECT_EQ(r.refused("account.update", R"({"name":"a\u0007b"})"), problem_code::validation);
  std::string decomposed;
  for (int i = 0; i < 64; ++i) decomposed += "e\u0301";
  r.grant("account.update", R"({"name":")" + decomposed + "\"}");
}

TEST_F(Account, KnowsItsSessions) {
  note(1);
  note(2);
  EXPECT_TRUE(note(2).events.empty());
  EXPECT_EQ(sessions(), 2u);
  r.grant("account.forget_session", R"({"session_id":")" + sid(1) + "\"}");
  EXPECT_TRUE(
    r.grant("account.forget_session", R"({"session_id":")" + sid(1) + "\"}").events.empty());
  EXPECT_EQ(sessions(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, ANewPasswordEndsTheOtherSessions) {
  note(1);
  note(2);
  r.now += 1s;
  const auto out =
    r.grant("account.set_password", R"({"password_hash":"new","keep_session":")" + sid(2) + "\"}");
  ASSERT_EQ(out.outbox.size(), 1u);
  EXPECT_EQ(out.outbox[0].to.id, sid(1));
  EXPECT_EQ(out.outbox[0].type, "session.revoke");
  EXPECT_EQ(sessions(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, ARehashSignsNobodyOut) {
  note(1);
  const auto out = r.grant("account.set_password",
                           R"({"password_hash":"new","replaces":"$argon2id$one"})");
  EXPECT_EQ(out.events.size(), 1u);
  EXPECT_TRUE(out.outbox.empty());
  EXPECT_EQ(sessions(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, ARehashThatComesAfterANewPasswordDoesNotBringTheOldOneBack) {
  r.grant("account.set_password", R"({"password_hash":"changed"})");
  const auto late = r.grant("account.set_password",
                            R"({"password_hash":"rehashed","replaces":"$argon2id$one"})");
  EXPECT_TRUE(late.events.empty());
  EXPECT_EQ(rehearsal::json_of(r.ask("account.credentials")).at("password_hash"), "changed");
}

TEST_F(Account, ASessionBegunBeforeANewPasswordAndNotedAfterItEnds) {
  const auto before = r.now;
  r.now += 1s;
  r.grant("account.set_password", R"({"password_hash":"new","keep_session":")" + sid(2) + "\"}");
  const auto after = std::exchange(r.now, before);
  const auto late = note(1);
  ASSERT_EQ(late.outbox.size(), 1u);
  EXPECT_EQ(late.outbox[0].type, "session.revoke");
  EXPECT_TRUE(note(2).outbox.empty());
  r.now = after;
  EXPECT_TRUE(note(3).outbox.empty());
  EXPECT_EQ(sessions(), 2u);
}

TEST_F(Account, DisablingEndsEverySessionAndLetsNoneIn) {
  note(1);
  note(2);
  EXPECT_EQ(r.grant("account.disable", "{}").outbox.size(), 2u);
  EXPECT_TRUE(r.grant("account.disable", "{}").events.empty());
  EXPECT_TRUE(user().at("disabled_at").is_string());
  EXPECT_EQ(rehearsal::json_of(r.ask("account.credentials")).at("disabled"), true);
  EXPECT_EQ(note(3).outbox.size(), 1u);
  r.grant("account.enable", "{}");
  EXPECT_TRUE(user().at("disabled_at").is_null());
  EXPECT_TRUE(note(4).outbox.empty());
  r.expect_replay_equals_live();
}

TEST_F(Account, ANewRoleReachesEverySession) {
  note(1);
  const auto out = r.grant("account.set_role", R"({"role":"admin"})");
  ASSERT_EQ(out.outbox.size(), 1u);
  EXPECT_EQ(out.outbox[0].type, "session.set_role");
  EXPECT_EQ(note(2, "player").outbox.size(), 1u);
  EXPECT_TRUE(note(3, "admin").outbox.empty());
  EXPECT_EQ(user().at("role"), "admin");
  r.expect_replay_equals_live();
}

TEST_F(Account, SessionsAreBounded) {
  for (int i = 0; i < static_cast<int>(account::sessions_max) + 1; ++i) {
    r.now += 1ms;
    note(i);
  }
  EXPECT_EQ(sessions(), account::sessions_max);
  EXPECT_EQ(rehearsal::json_of(r.ask("account.sessions")).at("ids").at(0), sid(1).c_str());
  r.expect_replay_equals_live();
}

TEST_F(Account, ExpiredSessionsAreForgottenWithTheNextOne) {
  note(1);
  r.now += 25h;
  note(2);
  EXPECT_EQ(sessions(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, LogoutAllEndsEverySession) {
  note(1);
  EXPECT_EQ(r.grant("account.end_sessions", "{}").outbox.size(), 1u);
  EXPECT_EQ(sessions(), 0u);
  r.expect_replay_equals_live();
}

class AccountTokens : public Account {
 protected:
  static std::string hash(char digit) { return std::string(64, digit); }
  std::string make(int n, char digit, const std::string& more = "") {
    return R"({"id":")" + sid(n) + R"(","name":"ci","scopes":"tasks:read lists:admin","hash":")" + hash(digit) + '"' + more + '}';
  }
  answer confirm(char digit) { return r.ask("account.confirm_token", R"({"hash":")" + hash(digit) + "\"}"); }
};

TEST_F(AccountTokens, ATokenIsKnownByItsHashAloneAndShownWithoutIt) {
  const auto made = r.grant("account.create_token", make(1, 'a'));
  EXPECT_EQ(made.reply.status, 201);
  const auto shown = rehearsal::json_of(made.reply);
  EXPECT_EQ(boost::json::serialize(shown.at("scopes")), R"(["tasks:read","lists:admin"])");
  EXPECT_TRUE(shown.at("expires_at").is_null());
  EXPECT_TRUE(shown.at("last_used_at").is_null());
  const auto seen = rehearsal::json_of(confirm('a'));
  EXPECT_EQ(seen.at("id").as_string(), sid(1));
  EXPECT_EQ(seen.at("scopes"), "tasks:read lists:admin");
  EXPECT_EQ(confirm('b').problem.value().code, problem_code::token_revoked);
  EXPECT_EQ(join(r.ask("account.tokens").body).find(hash('a')), std::string::npos);
  for (const auto& event : r.journal()) {
    auto data = parse_json(*event.data).value();
    data.as_object().erase("_hash");
    EXPECT_EQ(boost::json::serialize(data).find(hash('a')), std::string::npos) << "a hash outside `_hash`";
  }
  r.expect_replay_equals_live();
}

TEST_F(AccountTokens, ARevokedOrExpiredTokenOrOneOfADisabledAccountIsRefused) {
  r.grant("account.create_token", make(1, 'a'));
  r.grant("account.create_token", make(2, 'b', R"(,"expires_at":")" + to_rfc3339(r.now + 1h) + '"'));
  r.grant("account.revoke_token", R"({"id":")" + sid(1) + "\"}");
  EXPECT_EQ(r.refused("account.revoke_token", R"({"id":")" + sid(1) + "\"}"), problem_code::not_found);
  EXPECT_EQ(confirm('a').problem.value().code, problem_code::token_revoked);
  EXPECT_FALSE(confirm('b').problem);
  r.grant("account.disable", "{}");
  EXPECT_EQ(confirm('b').problem.value().code, problem_code::token_revoked);
  r.grant("account.enable", "{}");
  r.now += 1h;
  EXPECT_EQ(confirm('b').problem.value().code, problem_code::token_expired);
  r.expect_replay_equals_live();
}

TEST_F(AccountTokens, ATokenLosesWhatItsAccountMayNoLongerGive) {
  r.grant("account.set_role", R"({"role":"admin"})");
  r.grant("account.create_token", R"({"id":")" + sid(1) + R"(","name":"ops","scopes":"tasks:read admin:read","hash":")" +
                                    hash('a') + "\"}");
  EXPECT_EQ(rehearsal::json_of(confirm('a')).at("scopes"), "tasks:read admin:read");
  r.grant("account.set_role", R"({"role":"player"})");
  EXPECT_EQ(rehearsal::json_of(confirm('a')).at("scopes"), "tasks:read");
}

TEST_F(AccountTokens, UseIsNotedEveryTenMinutes) {
  r.grant("account.create_token", make(1, 'a'));
  const auto use = R"({"id":")" + sid(1) + "\"}";
  EXPECT_EQ(rehearsal::json_of(confirm('a')).at("note_use"), true);
  EXPECT_EQ(r.grant("account.note_token_use", use).events.size(), 1u);
  EXPECT_EQ(rehearsal::json_of(confirm('a')).at("note_use"), false);
  EXPECT_TRUE(r.grant("account.note_token_use", use).events.empty());
  r.now += 10min;
  EXPECT_EQ(rehearsal::json_of(confirm('a')).at("note_use"), true);
  EXPECT_EQ(r.grant("account.note_token_use", use).events.size(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(AccountTokens, ThereAreFiftyAndExpiredOnesMakeRoom) {
  for (int n = 0; n < 50; ++n) {
    const auto hex = "0123456789abcdef"[n % 16];
    auto args = make(n + 1, hex, R"(,"expires_at":")" + to_rfc3339(r.now + 1h) + '"');
    r.grant("account.create_token", args);
  }
  EXPECT_EQ(r.refused("account.create_token", make(99, 'f')), problem_code::validation);
  r.now += 1h;
  r.grant("account.create_token", make(99, 'f'));
  EXPECT_EQ(rehearsal::json_of(r.ask("account.tokens")).at("items").as_array().size(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, ANewNameIsToldToTheListsAndAnEmptyChangeIsNot) {
  const auto lists = R"("_lists":[")" + sid(7) + R"(",")" + sid(8) + R"("])";
  const auto changed = r.grant("account.update", R"({"name":"Anna",)" + lists + "}");
  ASSERT_EQ(changed.outbox.size(), 2u);
  EXPECT_EQ(changed.outbox[1].to, (entity_ref{entity_kind::list, sid(8)}));
  EXPECT_EQ(changed.outbox[1].type, "member.rename");
  EXPECT_EQ(boost::json::parse(changed.outbox[1].args).at("name"), "Anna");
  EXPECT_TRUE(r.grant("account.update", R"({"name":"Anna",)" + lists + "}").outbox.empty());
  EXPECT_TRUE(r.grant("account.update", R"({"color":"#123456",)" + lists + "}").outbox.empty());
}

TEST_F(Account, ANewAddressTakesItsLoginAndGivesTheOldOneBack) {
  const auto changed = r.grant("account.set_email", R"({"email":"anna@example.org"})");
  ASSERT_EQ(changed.outbox.size(), 2u);
  EXPECT_EQ(changed.outbox[0].to.id, "email:anna@example.org");
  EXPECT_EQ(changed.outbox[1].type, "login.release");
  EXPECT_EQ(changed.outbox[1].to.id, "email:ann@example.org");
  EXPECT_EQ(user().at("email"), "anna@example.org");
  EXPECT_EQ(r.grant("account.set_email", R"({"email":"ANNA@example.org"})").outbox.size(), 1u);
  r.expect_replay_equals_live();
}

TEST_F(Account, ARemovedAccountLetsGoOfEverythingAndNeverComesBack) {
  note(1);
  r.grant("account.create_token", R"({"id":")" + sid(1) + R"(","name":"ci","scopes":"","hash":")" + std::string(64, 'a') + "\"}");
  const auto gone = r.grant("account.remove", R"({"lists":[")" + sid(7) + R"("]})");
  EXPECT_EQ(gone.reply.status, 202);
  std::vector<std::string> told;
  for (const auto& message : gone.outbox)
    told.push_back(message.type + " " + message.to.id);
  EXPECT_EQ(told, (std::vector<std::string>{"session.revoke " + sid(1), "login.release email:ann@example.org",
                                            "login.release name:ann_1", "member.forget " + sid(7)}));
  EXPECT_EQ(r.ask("account.get").problem.value().code, problem_code::not_found);
  EXPECT_EQ(r.ask("account.credentials").problem.value().code, problem_code::not_found);
  EXPECT_EQ(r.ask("account.confirm_token", R"({"hash":")" + std::string(64, 'a') + "\"}").problem.value().code,
            problem_code::token_revoked);
  EXPECT_EQ(r.refused("account.create", create_args), problem_code::already_exists);
  r.expect_replay_equals_live();
}

TEST_F(Account, ASignInThatBeginsAsTheAccountEndsIsEndedToo) {
  r.grant("account.remove", R"({"lists":[]})");
  const auto told = note(5);
  ASSERT_EQ(told.outbox.size(), 1u);
  EXPECT_EQ(told.outbox[0].type, "session.revoke");
  r.expect_replay_equals_live();
}

}  // namespace
}  // namespace callboard
