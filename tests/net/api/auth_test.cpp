#include "tests/net/api/api_harness.hpp"

namespace callboard::testing {
namespace {

class ApiAuth : public ApiTest {};

TEST_F(ApiAuth, SigningUpGivesATokenThatTellsWhoIAm) {
  const auto id = sign_up("ada");
  const auto me = call("GET", "/v1/auth/me");
  EXPECT_EQ(me.status, 200) << me.text;
  EXPECT_EQ(me.word("id"), id);
  EXPECT_EQ(me.field("Cache-Control"), "no-store");
}

TEST_F(ApiAuth, ATakenAddressIsRefusedAndChangesNothing) {
  sign_up("ada");
  token_.clear();
  const auto again = call("POST", "/v1/auth/signup", R"({"email":"ADA@example.org","password":"correct horse battery"})");
  EXPECT_EQ(again.status, 409) << again.text;
  EXPECT_EQ(again.word("code"), "already_exists");
  EXPECT_EQ(again.word("outcome"), "not_applied");
}

TEST_F(ApiAuth, ATakenUsernameGivesTheAddressBack) {
  sign_up("ada");
  token_.clear();
  const auto clash = call("POST", "/v1/auth/signup",
                          R"({"email":"new@example.org","password":"correct horse battery","username":"ada"})");
  EXPECT_EQ(clash.status, 409) << clash.text;
  const auto free = call("POST", "/v1/auth/signup", R"({"email":"new@example.org","password":"correct horse battery"})");
  EXPECT_EQ(free.status, 201) << free.text;
}

TEST_F(ApiAuth, SigningInNeedsTheRightPassword) {
  sign_up("ada");
  token_.clear();
  EXPECT_EQ(call("POST", "/v1/auth/signin", R"({"username":"ada","password":"correct horse battery"})").status, 200);
  const auto wrong = call("POST", "/v1/auth/signin", R"({"username":"ada","password":"wrong horse battery"})");
  EXPECT_EQ(wrong.status, 401) << wrong.text;
  EXPECT_EQ(wrong.field("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(call("POST", "/v1/auth/signin", R"({"email":"x@y.org","password":"wrong horse battery"})").status, 401);
}

TEST_F(ApiAuth, RefreshingRotatesAndGivesTheSameSuccessorAgain) {
  sign_up("ada");
  const auto body = R"({"refresh_token":")" + refresh_ + R"("})";
  const auto first = call("POST", "/v1/auth/refresh", body);
  const auto second = call("POST", "/v1/auth/refresh", body);
  EXPECT_EQ(first.status, 200) << first.text;
  EXPECT_EQ(second.status, 200) << second.text;
  EXPECT_EQ(first.word("refresh_token"), second.word("refresh_token"));
  EXPECT_EQ(call("POST", "/v1/auth/refresh", R"({"refresh_token":"nonsense"})").status, 401);
}

TEST_F(ApiAuth, LoggingOutEndsTheTokenAtOnce) {
  sign_up("ada");
  EXPECT_EQ(call("POST", "/v1/auth/logout").status, 204);
  const auto after = call("GET", "/v1/auth/me");
  EXPECT_EQ(after.status, 401);
  EXPECT_EQ(after.word("code"), "token_revoked");
}

TEST_F(ApiAuth, WithoutATokenThereIsAPlainChallenge) {
  const auto none = call("GET", "/v1/lists");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.field("WWW-Authenticate"), "Bearer");
  const auto bad = call("GET", "/v1/lists", {}, {{"authorization", "Bearer x.y.z"}});
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(bad.field("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
}

TEST_F(ApiAuth, AProfileChangesAndRefusesWhatIsNotItsOwn) {
  sign_up("ada");
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"name":"Ada L."})").word("name"), "Ada L.");
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"role":"admin"})").status, 422);
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"name":"B"})", {{"if-match", "\"99\""}}).status, 412);
}

TEST_F(ApiAuth, AWriteIsNeverAnsweredNotModified) {
  sign_up("ada");
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"name":"Ada L."})").status, 200);
  const auto tag = call("GET", "/v1/auth/me").field("ETag");
  EXPECT_EQ(call("GET", "/v1/auth/me", "", {{"if-none-match", tag}}).status, 304);
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"name":"Ada L."})", {{"if-none-match", tag}}).status, 200);
}

TEST_F(ApiAuth, ThePasswordChangesOnlyWithThePresentOne) {
  sign_up("ada");
  EXPECT_EQ(call("POST", "/v1/auth/password", R"({"current":"not it at all","new":"another horse battery"})").status, 422);
  EXPECT_EQ(
    call("POST", "/v1/auth/password", R"({"current":"correct horse battery","new":"another horse battery"})").status, 204);
  EXPECT_EQ(call("POST", "/v1/auth/signin", R"({"username":"ada","password":"another horse battery"})").status, 200);
}

TEST_F(ApiAuth, SessionsAreListedAndEnded) {
  sign_up("ada");
  const auto all = call("GET", "/v1/auth/sessions");
  ASSERT_EQ(all.status, 200) << all.text;
  ASSERT_EQ(all["items"].as_array().size(), 1u) << all.text;
  const auto id = std::string(all["items"].as_array()[0].as_object().at("id").as_string());
  EXPECT_EQ(call("DELETE", "/v1/auth/sessions/01920000-0000-7000-8000-000000000001").status, 404);
  EXPECT_EQ(call("DELETE", "/v1/auth/sessions/" + id).status, 204);
  EXPECT_EQ(call("GET", "/v1/auth/me").status, 401);
}

TEST_F(ApiAuth, AUserIsFoundByExactNameAlone) {
  const auto id = sign_up("ada");
  EXPECT_EQ(call("GET", "/v1/users?username=ada").word("id"), id);
  EXPECT_EQ(call("GET", "/v1/users?email=ada%40example.org").word("id"), id);
  EXPECT_EQ(call("GET", "/v1/users?username=adb").status, 404);
  EXPECT_EQ(call("GET", "/v1/users").status, 400);
}

TEST_F(ApiAuth, APlayerIsNoAdmin) {
  const auto id = sign_up("ada");
  const auto no = call("PATCH", "/v1/admin/users/" + id, R"({"role":"admin"})");
  EXPECT_EQ(no.status, 403);
  EXPECT_EQ(no.field("WWW-Authenticate"), "Bearer error=\"insufficient_scope\", scope=\"admin:write\"");
}

}  // namespace
}  // namespace callboard::testing
