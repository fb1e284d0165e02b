#include "net/auth/api_token.hpp"
#include "tests/net/api/api_harness.hpp"

namespace callboard::testing {
namespace {

class ApiTokens : public ApiTest {
 protected:
  /// Makes a token and acts with it from now on.
  heard use_token(const std::string& scopes) {
    const auto made = call("POST", "/v1/tokens", R"({"name":"ci","scopes":[)" + scopes + "]}");
    EXPECT_EQ(made.status, 201) << made.text;
    token_ = made.word("token");
    return made;
  }
};

TEST_F(ApiTokens, EveryRouteOutsideItsScopesRefusesAToken) {
  sign_up("ada");
  const auto list = make_list();
  const auto task = make_task(list);
  use_token(R"("tasks:read")");
  const auto base = "/v1/lists/" + list;
  const std::vector<std::pair<std::string, std::string>> writes{
    {"POST", base + "/tasks"}, {"POST", base + "/sections"}, {"POST", base + "/tags"}, {"POST", base + "/members"},
    {"POST", base + "/archive"}, {"POST", base + "/reorder"}, {"PATCH", base}, {"PATCH", base + "/tasks/" + task},
    {"POST", "/v1/tasks/" + task + "/complete"}, {"DELETE", base + "/tasks/" + task}, {"DELETE", base},
    {"POST", "/v1/lists"}, {"POST", "/v1/tokens"}, {"POST", "/v1/auth/logout"}, {"POST", "/v1/auth/password"}};
  for (const auto& [method, path] : writes) {
    const auto no = call(method, path, method == "DELETE" ? "" : "{}");
    EXPECT_EQ(no.status, 403) << method << ' ' << path << ' ' << no.text;
    EXPECT_EQ(no.word("code"), "scope_missing") << method << ' ' << path;
  }
  EXPECT_EQ(call("GET", base + "?include=tasks").status, 200);
  EXPECT_EQ(call("GET", "/v1/auth/me").status, 200);
  EXPECT_EQ(call("POST", "/v1/ws/ticket").status, 201);
}

TEST_F(ApiTokens, PurgingNeedsTheScopeOfWhatIsPurged) {
  sign_up("ada");
  const auto list = make_list();
  const auto task = make_task(list);
  EXPECT_EQ(call("DELETE", "/v1/lists/" + list + "/tasks/" + task).status, 204);
  const auto person = token_;
  use_token(R"("tasks:read","lists:admin")");
  EXPECT_EQ(call("DELETE", "/v1/trash/" + task).word("code"), "scope_missing");
  token_ = person;
  use_token(R"("tasks:read","tasks:write")");
  EXPECT_EQ(call("DELETE", "/v1/trash/" + task).status, 204);
}

TEST_F(ApiTokens, NoSecretIsShownAgainOrStored) {
  sign_up("ada");
  const auto person = token_;
  const auto made = use_token("");
  const auto secret = token_;
  token_ = person;
  EXPECT_EQ(made.field("Cache-Control"), "no-store");
  for (const auto& path : {std::string("/v1/tokens"), "/v1/tokens/" + made.word("id")}) {
    const auto shown = call("GET", path);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.text.find(secret.substr(26)), std::string::npos);
  }
  for (const auto& [ref, events] : entities_.journal())
    for (const auto& event : events)
      EXPECT_EQ(event->data->find(secret.substr(26)), std::string::npos) << event->type;
}

TEST_F(ApiTokens, ADeletedTokenIsRefusedAtOnceThoughItWasJustConfirmed) {
  sign_up("ada");
  const auto person = token_;
  const auto id = use_token(R"("tasks:read")").word("id");
  const auto secret = token_;
  EXPECT_EQ(call("GET", "/v1/lists").status, 200);
  token_ = person;
  EXPECT_EQ(call("DELETE", "/v1/tokens/" + id).status, 204);
  EXPECT_EQ(call("DELETE", "/v1/tokens/" + id).status, 404);
  token_ = secret;
  EXPECT_EQ(call("GET", "/v1/lists").word("code"), "token_revoked");
}

TEST_F(ApiTokens, WrongTokensOfANetworkAreCountedBeforeAnAccountIsLoaded) {
  sign_up("ada");
  use_token(R"("tasks:read")");
  const auto right = token_;
  start({});
  EXPECT_EQ(call("GET", "/v1/auth/me").status, 200);
  heard last;
  for (int i = 0; i < 61; ++i) {
    token_ = net::make_api_token(make_uuid_v7());
    last = call("GET", "/v1/auth/me");
    EXPECT_EQ(last.status, i < 60 ? 401 : 429) << i;
  }
  EXPECT_EQ(last.word("code"), "rate_limited");
  EXPECT_FALSE(last.field("Retry-After").empty());
  token_ = right;
  EXPECT_EQ(call("GET", "/v1/auth/me").status, 200) << "known tokens of the same network go on";
  remote_ip_ = "10.0.0.9";
  token_ = net::make_api_token(make_uuid_v7());
  EXPECT_EQ(call("GET", "/v1/auth/me").status, 401) << "other networks are not held back";
}

TEST_F(ApiTokens, RightTokensAreNotCounted) {
  sign_up("ada");
  use_token(R"("tasks:read")");
  for (int i = 0; i < 70; ++i) {
    start({});  // an empty cache each time
    EXPECT_EQ(call("GET", "/v1/auth/me").status, 200) << i;
  }
}

class ApiAsync : public ApiTest {
 protected:
  static inline const headers respond_async{{"prefer", "respond-async"}};
};

TEST_F(ApiAsync, AWriteIsAnsweredWithAPlaceToAsk) {
  sign_up("ada");
  const auto list = make_list();
  const auto made = call("POST", "/v1/lists/" + list + "/tasks", R"({"title":"x"})", respond_async);
  EXPECT_EQ(made.status, 202) << made.text;
  EXPECT_EQ(made.text, "");
  EXPECT_EQ(made.field("Location"), "/v1/commands/" + made.field("Command-Id"));
  EXPECT_EQ(made.field("Preference-Applied"), "respond-async");
  EXPECT_EQ(call("POST", "/v1/lists/" + list + "/tasks", R"({"title":""})", respond_async).status, 422);
  EXPECT_EQ(call("PATCH", "/v1/lists/" + list, R"({"name":"x"})", {{"prefer", "respond-async"}, {"if-match", "\"99\""}}).status,
            202);
}

TEST_F(ApiAsync, ElsewhereThePreferenceMeansNothing) {
  sign_up("ada");
  EXPECT_EQ(call("PATCH", "/v1/auth/me", R"({"name":"B"})", respond_async).status, 200);
  EXPECT_EQ(call("GET", "/v1/lists", "", respond_async).status, 200);
}

TEST_F(ApiAsync, WhoWaitsHasTheRealAnswer) {
  sign_up("ada");
  const auto list = make_list();
  const headers waits{{"prefer", "respond-async, wait=10"}};
  const auto made = call("POST", "/v1/lists/" + list + "/tasks", R"({"title":"x"})", waits);
  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.field("Preference-Applied"), "wait=10");
}

}  // namespace
}  // namespace callboard::testing
