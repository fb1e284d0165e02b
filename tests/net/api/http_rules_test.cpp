#include "net/openapi.hpp"
#include "net/route.hpp"
#include "tests/net/api/api_harness.hpp"

#include <set>

namespace callboard::testing {
namespace {

class ApiHttp : public ApiTest {};

TEST_F(ApiHttp, UnknownAddressesAndMethodsAreTold) {
  EXPECT_EQ(call("GET", "/v1/nothing").status, 404);
  EXPECT_EQ(call("GET", "/v1/lists/").status, 404);
  const auto wrong = call("DELETE", "/v1/lists");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = call("OPTIONS", "/v1/lists");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(ApiHttp, MediaTypesAreJudgedBeforeBodies) {
  sign_up("ada");
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"accept", "text/html"}}).status, 406);
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"accept", "application/*;q=0.5"}}).status, 200);
  const auto form = call("POST", "/v1/lists", "a=b", {{"content-type", "text/plain"}});
  EXPECT_EQ(form.status, 415);
  EXPECT_EQ(form.field("Accept-Post"), "application/json");
  EXPECT_EQ(call("POST", "/v1/lists", R"({"name":"a","name":"b"})").word("code"), "malformed_json");
  EXPECT_EQ(call("POST", "/v1/lists", "[]").status, 422);
  EXPECT_EQ(call("POST", "/v1/lists").word("code"), "malformed_json");
}

TEST_F(ApiHttp, EveryAnswerIsGuardedAndNamed) {
  for (const std::string path : {"/", "/health", "/v1/nothing", "/v1/lists", "/v1/openapi.json"}) {
    const auto answer = call("GET", path, {}, {{"x-request-id", "r-1"}});
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.field("X-Request-Id"), "r-1") << path;
    EXPECT_FALSE(answer.field("Content-Security-Policy").empty()) << path;
    EXPECT_FALSE(answer.field("Cache-Control").empty()) << path;
  }
}

TEST_F(ApiHttp, ProblemsSayWhereAndWhen) {
  const auto p = call("GET", "/v1/nothing?x=1", {},
                      {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  EXPECT_EQ(p.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(p.word("type"), "https://callboard.dev/problems/not_found");
  EXPECT_EQ(p.word("instance"), "/v1/nothing");
  EXPECT_EQ(p.word("trace_id"), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(p.body.as_object().count("outcome"), 0u);
}

TEST_F(ApiHttp, TheRateOfSigningInIsLimited) {
  start({});
  heard last;
  for (int i = 0; i < 11; ++i)
    last = call("POST", "/v1/auth/signin", "{}");
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.field("RateLimit-Policy"), "\"auth\";q=10;w=60");
  EXPECT_FALSE(last.field("Retry-After").empty());
}

TEST_F(ApiHttp, ANetworkOfIpv6SignsInAsOneAddress) {
  start({});
  heard last;
  for (int i = 0; i < 11; ++i) {
    remote_ip_ = "2001:db8:0:7::" + std::to_string(i);
    last = call("POST", "/v1/auth/signin", "{}");
  }
  EXPECT_EQ(last.status, 429);
  remote_ip_ = "2001:db8:0:8::1";
  EXPECT_EQ(call("POST", "/v1/auth/signin", "{}").status, 422);
}

TEST_F(ApiHttp, InventedMethodsMakeNoTimeSeries) {
  std::set<std::string> seen;
  hooks_.observe = [&](std::string_view, std::string_view method, std::uint16_t, std::chrono::nanoseconds) {
    seen.insert(std::string(method));
  };
  start({});
  for (const std::string method : {"GET", "HEAD", "OPTIONS", "PATCH", "X1", "X2", "get"})
    call(method, "/health/live");
  EXPECT_EQ(seen, (std::set<std::string>{"GET", "HEAD", "OPTIONS", "PATCH", "other"}));
}

TEST_F(ApiHttp, ABodyFullOfWrongMembersGetsAShortAnswer) {
  sign_up("ada");
  std::string many = R"({"name":"a")";
  for (int i = 0; i < 40'000; ++i)
    many += ",\"k" + std::to_string(i) + "\":0";
  const auto no = call("POST", "/v1/lists", many + '}');
  EXPECT_EQ(no.word("detail"), "40000 fields are invalid");
  EXPECT_EQ(no["errors"].as_array().size(), 100u);
  const auto list = make_list();
  const std::string name = std::string(254, 'n') + "\u00e9" + std::string(100'000, 'n');
  for (const std::string path : {std::string("/v1/lists"), std::string("/v1/auth/me")}) {
    const auto longest = call(path == "/v1/lists" ? "POST" : "PATCH", path, "{\"" + name + "\":0}");
    EXPECT_EQ(longest.status, 422) << path;
    EXPECT_LT(longest.text.size(), 2'000u) << "the name is not sent back whole";
  }
}

TEST_F(ApiHttp, OnlyListedOriginsGetIn) {
  net::api_settings settings;
  settings.cors_origins = {"https://app.example"};
  start(settings);
  const auto good = call("OPTIONS", "/v1/lists", {},
                         {{"origin", "https://app.example"}, {"access-control-request-method", "POST"}});
  EXPECT_EQ(good.field("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_FALSE(good.field("Access-Control-Allow-Methods").empty());
  for (const std::string bad : {"null", "https://app.example.evil", "https://app.example:8443", "http://app.example"})
    EXPECT_EQ(call("GET", "/health", {}, {{"origin", bad}}).field("Access-Control-Allow-Origin"), "") << bad;
}

TEST_F(ApiHttp, TheDocumentListsExactlyTheRoutes) {
  const auto document = call("GET", "/v1/openapi.json");
  ASSERT_EQ(document.status, 200);
  std::set<std::string> written, known, operations;
  for (const auto& [path, item] : document["paths"].as_object())
    for (const auto& [method, operation] : item.as_object()) {
      written.insert(std::string(method) + " " + std::string(path));
      operations.insert(std::string(operation.as_object().at("operationId").as_string()));
    }
  for (const auto& row : net::all_routes()) {
    std::string method(net::to_string(row.method));
    for (auto& c : method)
      c = static_cast<char>(c | 0x20);
    known.insert(method + " " + std::string(row.path));
    if (!row.body_schema.empty()) {
      EXPECT_TRUE(document["components"].at("schemas").as_object().contains(row.body_schema)) << row.body_schema;
    }
    if (!row.answer_schema.empty() && !row.answer_schema.starts_with("text/")) {
      EXPECT_TRUE(document["components"].at("schemas").as_object().contains(row.answer_schema)) << row.answer_schema;
    }
  }
  EXPECT_EQ(written, known);
  EXPECT_EQ(operations.size(), known.size());
}

TEST_F(ApiHttp, ASocketAddressWantsAnUpgrade) {
  const auto answer = call("GET", "/v1/ws");
  EXPECT_EQ(answer.status, 426);
  EXPECT_EQ(answer.field("Sec-WebSocket-Version"), "13");
}

}  // namespace
}  // namespace callboard::testing
