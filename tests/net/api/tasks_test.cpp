#include "tests/net/api/api_harness.hpp"

namespace callboard::testing {
namespace {

class ApiTasks : public ApiTest {
 protected:
  ApiTasks() {
    user_ = sign_up("ada");
    list_ = make_list();
    task_ = make_task(list_);
    nested_ = "/v1/lists/" + list_ + "/tasks/" + task_;
    flat_ = "/v1/tasks/" + task_;
  }
  std::string user_, list_, task_, nested_, flat_;
};

TEST_F(ApiTasks, ATaskIsTheSameUnderBothPaths) {
  const auto nested = call("GET", nested_), flat = call("GET", flat_);
  EXPECT_EQ(nested.status, 200) << nested.text;
  EXPECT_EQ(nested.text, flat.text);
  EXPECT_EQ(call("GET", "/v1/tasks/01920000-0000-7000-8000-00000000ffff").status, 404);
  EXPECT_EQ(call("GET", "/v1/tasks/not-an-id").status, 404);
}

TEST_F(ApiTasks, AStrangersFlatPathDoesNotTellThatTheIdExists) {
  sign_up("eve");
  const std::string absent = "/v1/tasks/01920000-0000-7000-8000-00000000ffff";
  const auto answer = [&](const std::string& method, const std::string& path, const std::string& body) {
    auto said = call(method, path, body, {{"if-match", "*"}});
    auto problem = said.body.as_object();
    for (const auto name : {"instance", "request_id", "timestamp"})
      problem.erase(name);
    return json::serialize(problem);
  };
  for (const auto& [method, path, body] : {std::tuple{"GET", "", ""}, {"PATCH", "", R"({"title":"x"})"},
                                           {"PATCH", "", R"({"id":"x"})"}, {"DELETE", "", ""},
                                           {"POST", "/restore", R"({"rev":"x"})"}, {"GET", "/history", ""}})
    EXPECT_EQ(answer(method, flat_ + path, body), answer(method, absent + path, body)) << method << path << body;
}

TEST_F(ApiTasks, PatchChangesAndGuards) {
  for (const auto& path : {nested_, flat_}) {
    const auto etag = call("GET", path).field("ETag");
    EXPECT_EQ(call("PATCH", path, R"({"title":")" + path + R"("})", {{"if-match", etag}}).status, 200);
    EXPECT_EQ(call("PATCH", path, R"({"title":"B"})", {{"if-match", etag}}).status, 412);
    EXPECT_EQ(call("PATCH", path, R"({"title":""})").status, 422);
    EXPECT_EQ(call("PATCH", path, R"({"number":7})").status, 422);
  }
}

TEST_F(ApiTasks, CompletingAndReopening) {
  EXPECT_EQ(call("POST", nested_ + "/complete").word("status"), "completed");
  EXPECT_EQ(call("PATCH", flat_ + "/incomplete").word("status"), "pending");
  EXPECT_EQ(call("POST", "/v1/lists/" + list_ + "/tasks/01920000-0000-7000-8000-00000000ffff/complete").status, 404);
}

TEST_F(ApiTasks, PutNeedsAPreconditionAndCreatesOnce) {
  const auto path = "/v1/lists/" + list_ + "/tasks/01920000-0000-7000-8000-000000000001";
  EXPECT_EQ(call("PUT", path, R"({"title":"P"})").status, 428);
  EXPECT_EQ(call("PUT", path, R"({"title":"P"})", {{"if-none-match", "*"}}).status, 201);
  EXPECT_EQ(call("PUT", path, R"({"title":"P"})", {{"if-none-match", "*"}}).status, 412);
  EXPECT_EQ(call("PUT", path, R"({"title":"Q"})", {{"if-match", "*"}}).word("title"), "Q");
}

TEST_F(ApiTasks, MinimalAnswersHaveNoBody) {
  const auto changed = call("PATCH", nested_, R"({"title":"A"})", {{"prefer", "return=minimal"}});
  EXPECT_EQ(changed.status, 204);
  EXPECT_EQ(changed.field("Preference-Applied"), "return=minimal");
  const auto made = call("POST", "/v1/lists/" + list_ + "/tasks", R"({"title":"B"})", {{"prefer", "return=minimal"}});
  EXPECT_EQ(made.status, 201);
  EXPECT_TRUE(made.text.empty());
  EXPECT_FALSE(made.field("Location").empty());
}

TEST_F(ApiTasks, TrashHoldsThemUntilPurged) {
  EXPECT_EQ(call("DELETE", nested_).status, 204);
  EXPECT_EQ(call("GET", nested_).status, 404);
  EXPECT_EQ(call("GET", "/v1/trash")["items"].as_array().size(), 1u);
  EXPECT_EQ(call("POST", flat_ + "/restore").status, 200);
  EXPECT_EQ(call("DELETE", flat_).status, 204);
  EXPECT_EQ(call("DELETE", "/v1/trash/" + task_).status, 204);
  EXPECT_EQ(call("POST", nested_ + "/restore").status, 404);
}

TEST_F(ApiTasks, SetOperationsMayBeRepeated) {
  const auto tag = call("POST", "/v1/lists/" + list_ + "/tags", R"({"name":"T"})").word("id");
  const auto other = make_task(list_, "Other");
  for (const auto& member : {"/tags/" + tag, "/assignees/" + user_, "/depends-on/" + other}) {
    EXPECT_EQ(call("PUT", nested_ + member).status, 204) << member;
    EXPECT_EQ(call("PUT", flat_ + member).status, 204) << member;
    EXPECT_EQ(call("DELETE", nested_ + member).status, 204) << member;
  }
  EXPECT_EQ(call("PUT", nested_ + "/depends-on/" + task_).status, 409);
}

TEST_F(ApiTasks, MovingAndReordering) {
  const auto other = make_task(list_, "Other");
  EXPECT_EQ(call("POST", flat_ + "/move", R"({"after":")" + other + R"("})").status, 200);
  EXPECT_EQ(call("POST", flat_ + "/move", R"({"after":7})").status, 422);
  const auto order = "/v1/lists/" + list_ + "/reorder";
  const auto body = R"({"task_ids":[")" + task_ + R"(",")" + other + R"("]})";
  EXPECT_EQ(call("POST", order, body).status, 428);
  EXPECT_EQ(call("POST", order, body, {{"if-match", "*"}}).status, 200);
}

TEST_F(ApiTasks, ListsAreFiltered) {
  make_task(list_, "Other");
  const auto tasks = "/v1/lists/" + list_ + "/tasks";
  EXPECT_EQ(call("GET", tasks)["items"].as_array().size(), 2u);
  EXPECT_EQ(call("GET", tasks + "?status=completed")["items"].as_array().size(), 0u);
  EXPECT_EQ(call("GET", tasks + "?status=done").word("code"), "bad_filter");
  EXPECT_EQ(call("GET", tasks + "?colour=red").word("code"), "bad_filter");
  EXPECT_EQ(call("GET", tasks + "?limit=1&limit=2").status, 400);
  EXPECT_EQ(call("GET", tasks + "?limit=201").status, 400);
  EXPECT_EQ(call("GET", "/v1/tasks")["items"].as_array().size(), 2u);
}

TEST_F(ApiTasks, HistoryIsNewestFirst) {
  call("POST", nested_ + "/complete");
  const auto history = call("GET", flat_ + "/history");
  ASSERT_EQ(history.status, 200) << history.text;
  ASSERT_EQ(history["items"].as_array().size(), 2u) << history.text;
  EXPECT_EQ(history["items"].as_array()[0].as_object().at("type").as_string(), "task.completed");
}

TEST_F(ApiTasks, TimersRun) {
  EXPECT_EQ(call("POST", nested_ + "/timer/start").word("status"), "in_progress");
  EXPECT_EQ(call("POST", nested_ + "/timer/pause").word("status"), "paused");
  EXPECT_EQ(call("POST", flat_ + "/timer/reset").status, 200);
}

}  // namespace
}  // namespace callboard::testing
