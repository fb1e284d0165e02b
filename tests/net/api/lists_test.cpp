#include "tests/net/api/api_harness.hpp"

namespace callboard::testing {
namespace {

class ApiLists : public ApiTest {};
constexpr auto nobody = "01920000-0000-7000-8000-00000000ffff";

TEST_F(ApiLists, AListIsMadeReadAndListed) {
  sign_up("ada");
  const auto made = call("POST", "/v1/lists", R"({"name":"Home"})");
  ASSERT_EQ(made.status, 201) << made.text;
  const auto id = made.word("id");
  EXPECT_EQ(made.field("Location"), "/v1/lists/" + id);
  EXPECT_EQ(made.field("Callboard-Stream"), "list:" + id + ";epoch=0000000000009a11;seq=2") << "made, and its maker a member";
  EXPECT_FALSE(made.field("Command-Id").empty());
  const auto got = call("GET", "/v1/lists/" + id);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.word("my_role"), "owner");
  const auto same = call("GET", "/v1/lists/" + id, {}, {{"if-none-match", got.field("ETag")}});
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.text.empty());
  const auto all = call("GET", "/v1/lists");
  ASSERT_EQ(all.status, 200) << all.text;
  EXPECT_EQ(all["items"].as_array().size(), 1u);
}

TEST_F(ApiLists, PagesOfListsFollowOneAnother) {
  sign_up("ada");
  for (int i = 0; i < 3; ++i)
    make_list("L" + std::to_string(i));
  const auto first = call("GET", "/v1/lists?limit=2");
  ASSERT_EQ(first["items"].as_array().size(), 2u) << first.text;
  EXPECT_NE(first.field("Link").find("rel=\"next\""), std::string::npos);
  const auto cursor = first.word("next_cursor");
  const auto second = call("GET", "/v1/lists?limit=2&cursor=" + cursor);
  EXPECT_EQ(second["items"].as_array().size(), 1u) << second.text;
  EXPECT_EQ(call("GET", "/v1/lists?archived=true&cursor=" + cursor).word("code"), "bad_cursor");
}

TEST_F(ApiLists, TheSameKeyMakesOneListAndAnotherBodyIsRefused) {
  sign_up("ada");
  const headers key{{"idempotency-key", "k1"}};
  const auto first = call("POST", "/v1/lists", R"({"name":"Home"})", key);
  const auto again = call("POST", "/v1/lists", R"({"name":"Home"})", key);
  EXPECT_EQ(again.status, 201) << again.text;
  EXPECT_EQ(again.word("id"), first.word("id"));
  EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
  EXPECT_EQ(call("POST", "/v1/lists", R"({"name":"Work"})", key).word("code"), "idempotency_mismatch");
}

TEST_F(ApiLists, StrangersSeeNothing) {
  sign_up("ada");
  const auto id = make_list();
  sign_up("bob");
  EXPECT_EQ(call("GET", "/v1/lists/" + id).status, 404);
  EXPECT_EQ(call("PATCH", "/v1/lists/" + id, R"({"name":"Mine"})").status, 404);
  EXPECT_EQ(call("POST", "/v1/lists/" + id + "/members", R"({"username":"nobody","role":"viewer"})").status, 404);
}

TEST_F(ApiLists, DeletingNeedsAPreconditionAndCanBeUndone) {
  sign_up("ada");
  const auto id = make_list();
  EXPECT_EQ(call("DELETE", "/v1/lists/" + id).status, 428);
  EXPECT_EQ(call("DELETE", "/v1/lists/" + id, {}, {{"if-match", "\"77\""}}).status, 412);
  EXPECT_EQ(call("DELETE", "/v1/lists/" + id, {}, {{"if-match", "*"}}).status, 204);
  EXPECT_EQ(call("GET", "/v1/lists/" + id).status, 404);
  EXPECT_EQ(call("GET", "/v1/lists/" + id + "?include_deleted=true").status, 200);
  EXPECT_EQ(call("POST", "/v1/lists/" + id + "/restore").status, 200);
}

TEST_F(ApiLists, PutCreatesUnderTheClientsIdOnce) {
  sign_up("ada");
  const std::string path = "/v1/lists/01920000-0000-7000-8000-000000000001";
  EXPECT_EQ(call("PUT", path, R"({"name":"Mine"})").status, 428);
  EXPECT_EQ(call("PUT", path, R"({"name":"Mine"})", {{"if-none-match", "*"}}).status, 201);
  EXPECT_EQ(call("PUT", path, R"({"name":"Mine"})", {{"if-none-match", "*"}}).status, 412);
  EXPECT_EQ(call("PUT", path, R"({"name":"New"})", {{"if-match", "*"}}).word("name"), "New");
}

TEST_F(ApiLists, ArchivedListsRefuseWrites) {
  sign_up("ada");
  const auto id = make_list();
  EXPECT_EQ(call("POST", "/v1/lists/" + id + "/archive").status, 200);
  EXPECT_EQ(call("POST", "/v1/lists/" + id + "/tasks", R"({"title":"x"})").word("code"), "list_archived");
  EXPECT_EQ(call("POST", "/v1/lists/" + id + "/unarchive").status, 200);
}

TEST_F(ApiLists, MembersAreAddedChangedAndRemoved) {
  const auto bob = sign_up("bob");
  sign_up("ada");
  const auto members = "/v1/lists/" + make_list() + "/members";
  const auto added = call("POST", members, R"({"email":"bob@example.org","role":"viewer"})");
  EXPECT_EQ(added.status, 201) << added.text;
  EXPECT_EQ(call("POST", members, R"({"username":"nobody","role":"viewer"})").status, 422);
  EXPECT_EQ(call("GET", members)["items"].as_array().size(), 2u);
  EXPECT_EQ(call("PATCH", members + "/" + bob, R"({"role":"editor"})").word("role"), "editor");
  EXPECT_EQ(call("DELETE", members + "/" + bob).status, 204);
  EXPECT_EQ(call("DELETE", members + "/" + nobody).status, 404);
}

TEST_F(ApiLists, NamingMembersByAddressIsLimitedLikeAnyLookup) {
  start({});
  const auto bob = sign_up("bob");
  sign_up("ada");
  const auto members = "/v1/lists/" + make_list() + "/members";
  heard last;
  for (int i = 0; i < 21; ++i)
    last = call("POST", members, R"({"username":"nobody","role":"viewer"})");
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.field("RateLimit-Policy"), "\"lookup\";q=20;w=60");
  EXPECT_FALSE(last.field("Retry-After").empty());
  EXPECT_EQ(call("POST", members, R"({"user_id":")" + bob + R"(","role":"viewer"})").status, 201);
}

TEST_F(ApiLists, SectionsAndTagsComeAndGo) {
  sign_up("ada");
  const auto list = "/v1/lists/" + make_list();
  for (const std::string part : {"/sections", "/tags"}) {
    const auto made = call("POST", list + part, R"({"name":"One"})");
    ASSERT_EQ(made.status, 201) << made.text;
    const auto path = list + part + "/" + made.word("id");
    EXPECT_EQ(made.field("Location"), path);
    EXPECT_EQ(call("PATCH", path, R"({"name":"Two"})").word("name"), "Two");
    EXPECT_EQ(call("PATCH", path, R"({"id":"x"})").status, 422);
    EXPECT_EQ(call("GET", list + part)["items"].as_array().size(), 1u);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("DELETE", path).status, 404);
  }
}

TEST_F(ApiLists, EventsTellWhatHappenedInOrder) {
  sign_up("ada");
  const auto id = make_list();
  make_task(id);
  const auto events = call("GET", "/v1/lists/" + id + "/events?limit=1");
  ASSERT_EQ(events.status, 200) << events.text;
  EXPECT_EQ(events["items"].as_array()[0].as_object().at("type").as_string(), "list.created");
  EXPECT_EQ(events["head"].to_number<int>(), 3);
  const auto rest = call("GET", "/v1/lists/" + id + "/events?cursor=" + events.word("next_cursor"));
  EXPECT_EQ(rest["items"].as_array().back().as_object().at("type").as_string(), "task.created");
  EXPECT_EQ(call("GET", "/v1/lists/" + id + "/events?since_seq=x").status, 400);
  const auto lines = call("GET", "/v1/lists/" + id + "/events", {}, {{"accept", "application/x-ndjson"}});
  EXPECT_EQ(std::count(lines.text.begin(), lines.text.end(), '\n'), 3);
}

TEST_F(ApiLists, APageOfLargeEventsEndsEarlyAndGoesOn) {
  sign_up("ada");
  const auto id = make_list();
  const std::string text = R"({"title":"t","description":")" + std::string(60'000, 'd') + "\"}";
  std::string task;
  for (int i = 0; i < 150; ++i)
    task = call("POST", "/v1/lists/" + id + "/tasks", text).word("id");
  std::size_t seen = 0, pages = 0;
  for (std::string next = "limit=1000"; !next.empty(); ++pages) {
    const auto page = call("GET", "/v1/lists/" + id + "/events?" + next);
    ASSERT_EQ(page.status, 200) << page.text;
    EXPECT_LT(page.text.size(), 4'000'000u);
    seen += page["items"].as_array().size();
    next = page["next_cursor"].is_null() ? "" : "limit=1000&cursor=" + page.word("next_cursor");
  }
  EXPECT_EQ(seen, 152u);
  EXPECT_GT(pages, 1u);
  for (int i = 0; i < 100; ++i)
    call("PATCH", "/v1/lists/" + id + "/tasks/" + task, R"({"description":")" + std::string(60'000, 'a' + i % 2) + "\"}");
  seen = 0;
  for (std::string next = "limit=200"; !next.empty();) {
    const auto page = call("GET", "/v1/lists/" + id + "/tasks/" + task + "/history?" + next);
    ASSERT_EQ(page.status, 200) << page.text;
    EXPECT_LT(page.text.size(), 4'000'000u);
    seen += page["items"].as_array().size();
    next = page["next_cursor"].is_null() ? "" : "limit=200&cursor=" + page.word("next_cursor");
  }
  EXPECT_EQ(seen, 101u);
}

TEST_F(ApiLists, MinSeqIsHonoured) {
  sign_up("ada");
  const auto id = make_list();
  EXPECT_EQ(call("GET", "/v1/lists/" + id, {}, {{"callboard-min-seq", "1"}}).status, 200);
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"callboard-min-seq", "1"}}).word("code"), "bad_header");
  const auto other = "list:" + id + ";epoch=0000000000000001;seq=1";
  EXPECT_EQ(call("GET", "/v1/lists/" + id, {}, {{"callboard-min-seq", other}}).word("code"), "epoch_changed");
}

TEST_F(ApiLists, MinSeqDoesNotTellHowFarAStrangersListHasCome) {
  sign_up("ada");
  const auto own = call("POST", "/v1/lists", R"({"name":"x"})").field("Callboard-Stream");
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"callboard-min-seq", own}}).status, 200);
  sign_up("eve");
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"callboard-min-seq", own}}).status, 404);
  auto absent = own;
  absent.replace(5, 8, "01920000");
  EXPECT_EQ(call("GET", "/v1/lists", {}, {{"callboard-min-seq", absent}}).status, 404);
}

}  // namespace
}  // namespace callboard::testing
