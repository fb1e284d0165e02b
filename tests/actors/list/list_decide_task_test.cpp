#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

struct ListTasks : ::testing::Test, list_world {
  ListTasks() { make(); }

  static std::string with(std::uint32_t n, const std::string& rest) { return R"({"id":)" + quoted(n) + "," + rest + "}"; }
  std::string order() const {
    std::string all;
    const auto page = get(find_tasks{});
    for (const auto& item : page.at("items").as_array()) {
      const std::string number(item.at("id").as_string());
      all += (all.empty() ? "" : " ") + std::to_string(std::stoul(number.substr(28), nullptr, 16));
    }
    return all;
  }
  /// `pointer code` of a refusal about one field, else its code.
  std::string field_of(const std::string& type, const std::string& args) {
    const auto a = run(type, args);
    if (a)
      return std::to_string(a->status);
    const auto& why = a.error();
    return why.errors.empty() ? std::string(info(why.code).wire_name) : why.errors[0].pointer + ' ' + why.errors[0].code;
  }
};

TEST_F(ListTasks, ACreatedTaskIsShownAsItsEventHasIt) {
  make_task(20, R"(,"priority":"high")");
  EXPECT_EQ(join(last.reply.body), *last.events.at(0).data);
  EXPECT_EQ(last.reply.status, 201);
  EXPECT_EQ(last.reply.etag, 3u);
  EXPECT_EQ(data().at("number"), 1);
  EXPECT_EQ(data().at("position"), "a0");
  EXPECT_EQ(data().at("created_by"), json_id(ann));
  EXPECT_EQ(data().at("recurrence").at("pattern"), "none");
  EXPECT_EQ(data().size(), 34u);
  EXPECT_EQ(code_of("task.create", R"({"id":)" + quoted(20) + R"(,"title":"x"})"), "already_exists");
}

TEST_F(ListTasks, PatchesFollowTheOrderOfChecks) {
  make_task(20);
  join_member(ben, "viewer");
  EXPECT_EQ(code_of("task.update", with(21, R"("title":"x")")), "not_found");
  EXPECT_EQ(code_of("task.update", with(20, R"("title":"x")"), ben), "forbidden");
  next.if_rev = 99;
  next.base_rev = 1;
  EXPECT_EQ(code_of("task.update", with(20, R"("title":"x","section_id":)" + quoted(77))), "precondition_failed");
  next.base_rev = 1;
  EXPECT_EQ(code_of("task.update", with(20, R"("title":"x","section_id":)" + quoted(77))), "conflict");
  EXPECT_EQ(field_of("task.update", with(20, R"("section_id":)" + quoted(77))), "/section_id unknown");
  EXPECT_EQ(field_of("task.update", with(20, R"("parent_id":)" + quoted(77))), "/parent_id unknown");
  EXPECT_EQ(field_of("task.update", with(20, R"("tags":[)" + quoted(77) + "]")), "/tags/0 unknown");
  EXPECT_EQ(field_of("task.update", with(20, R"("assignees":[{"user_id":)" + quoted(77) + "}]")), "/assignees/0/user_id unknown");
}

TEST_F(ListTasks, BaseRevConflictsNameTheFields) {
  make_task(20);
  must("task.update", with(20, R"("title":"new")"));
  next.base_rev = 3;
  const auto a = run("task.update", with(20, R"("title":"mine","priority":"low")"));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().extra.substr(0, 32), R"("conflicting_fields":["title"],")");
  next.base_rev = 3;
  EXPECT_EQ(code_of("task.update", with(20, R"("priority":"low")")), "200");
}

TEST_F(ListTasks, TheTypeOfAPatchIsTheFirstOfItsParts) {
  make_task(20);
  make_task(21);
  must("task.update", with(20, R"("title":"t","status":"completed")"));
  EXPECT_EQ(event_types(), "task.completed.v1");
  EXPECT_EQ(data().at("completed"), true);
  EXPECT_EQ(data().at("completed_by"), json_id(ann));
  must("task.complete", about(20));
  EXPECT_TRUE(last.events.empty());
  must("task.reopen", about(20));
  EXPECT_EQ(event_types(), "task.reopened.v1");
  EXPECT_EQ(task(20).at("status"), "pending");
  EXPECT_TRUE(task(20).at("completed_at").is_null());
  must("task.update", with(20, R"("parent_id":)" + quoted(21) + R"(,"title":"q")"));
  EXPECT_EQ(event_types(), "task.moved.v1");
  must("task.update", with(20, R"("status":"cancelled")"));
  EXPECT_EQ(event_types(), "task.updated.v1");
  EXPECT_EQ(last.events[0].old, R"({"status":"pending"})");
}

TEST_F(ListTasks, ReplacingSetsDefaultsAndKeepsWhatTheServerWrites) {
  make_task(20, R"(,"description":"d","priority":"urgent")");
  const auto before = task(20);
  must("task.replace", with(20, R"("title":"n","position":"zz","rev":1)"));
  EXPECT_EQ(task(20).at("description"), "");
  EXPECT_EQ(task(20).at("priority"), "medium");
  EXPECT_EQ(task(20).at("position"), before.at("position"));
  EXPECT_EQ(task(20).at("number"), before.at("number"));
  next.if_none_match_any = true;
  EXPECT_EQ(code_of("task.replace", with(20, R"("title":"n")")), "precondition_failed");
  next.if_none_match_any = true;
  EXPECT_EQ(code_of("task.replace", with(25, R"("title":"n")")), "201");
  EXPECT_EQ(code_of("task.replace", with(26, R"("title":"n")")), "not_found");
}

TEST_F(ListTasks, MovesAndReordersKeepOneOrder) {
  for (std::uint32_t n : {20, 21, 22, 23})
    make_task(n);
  must("task.move", with(23, R"("after":)" + quoted(20)));
  EXPECT_EQ(order(), "20 23 21 22");
  must("task.move", with(22, R"("before":)" + quoted(20)));
  EXPECT_EQ(order(), "22 20 23 21");
  must("task.move", with(22, R"("position":"last")"));
  must("list.reorder", R"({"task_ids":[)" + quoted(22) + "," + quoted(20) + "]}");
  EXPECT_EQ(event_types(), "task.reordered.v1");
  EXPECT_EQ(last.events[0].part_id, "");
  EXPECT_EQ(order(), "22 23 21 20");
  must("list.reorder", R"({"moves":[{"id":)" + quoted(20) + R"(,"after":null},{"id":)" + quoted(21) + R"(,"before":)" + quoted(20) + "}]}");
  EXPECT_EQ(order(), "21 20 22 23");
  EXPECT_EQ(code_of("list.reorder", R"({"task_ids":[)" + quoted(22) + "," + quoted(22) + "]}"), "reorder_mismatch");
  EXPECT_EQ(code_of("list.reorder", R"({"moves":[{"id":)" + quoted(99) + R"(,"after":null}]})"), "reorder_mismatch");
  EXPECT_EQ(get(get_list{}).at("rev"), 1);
}

TEST_F(ListTasks, ATightGapIsRebalancedByOneEvent) {
  make_task(20);
  make_task(21);
  bool rebalanced = false;
  for (std::uint32_t n = 30; n < 500 && !rebalanced; ++n) {
    make_task(n, R"(,"after":)" + quoted(20));
    rebalanced = last.events.size() == 2;
  }
  ASSERT_TRUE(rebalanced);
  EXPECT_EQ(event_types(), "task.created.v1 task.reordered.v1");
  const auto page = get(find_tasks{tasks_filter{.limit = 200}});
  for (const auto& item : page.at("items").as_array())
    EXPECT_LE(item.at("position").as_string().size(), 3u);
  EXPECT_EQ(replayed()->snapshot(), list->snapshot());
}

TEST_F(ListTasks, SubtasksHaveADepthAndNoCycles) {
  make_task(20);
  for (std::uint32_t n = 21; n <= 25; ++n)
    make_task(n, R"(,"parent_id":)" + quoted(n - 1));
  EXPECT_EQ(field_of("task.create", with(26, R"("title":"x","parent_id":)" + quoted(25))), "/parent_id limit");
  EXPECT_EQ(code_of("task.move", with(20, R"("parent_id":)" + quoted(23))), "cycle");
  make_task(30);
  EXPECT_EQ(field_of("task.move", with(20, R"("parent_id":)" + quoted(30))), "/parent_id limit");
  EXPECT_EQ(code_of("task.move", with(22, R"("parent_id":)" + quoted(30))), "200");
}

TEST_F(ListTasks, DeletingTakesSubtasksAlongAndRestoringBringsThemBack) {
  make_task(20);
  make_task(21, R"(,"parent_id":)" + quoted(20));
  make_task(22, R"(,"parent_id":)" + quoted(21));
  make_task(23);
  must("task.delete", about(20));
  EXPECT_EQ(data().at("tasks").as_array().size(), 3u);
  EXPECT_EQ(last.timers.at(0).name, "purge:task:" + text_of(20));
  EXPECT_EQ(last.timers[0].gen, list->seq());
  EXPECT_EQ(code_of("task.update", with(21, R"("title":"x")")), "not_found");
  EXPECT_EQ(order(), "23");
  EXPECT_EQ(get(get_trash{.limit = 2}).at("items").as_array().size(), 2u);
  make_task(24);
  must("task.restore", about(20));
  EXPECT_EQ(event_types(), "task.restored.v1 task.restored.v1 task.restored.v1");
  EXPECT_EQ(task(22).at("parent_id"), json_id(21));
  EXPECT_EQ(order(), "20 21 22 23 24");
}

TEST_F(ListTasks, ARestoredTaskLosesWhatIsGoneAndGetsAPlaceOfItsOwn) {
  must("section.create", R"({"id":)" + quoted(5) + R"(,"name":"S"})");
  must("tag.create", R"({"id":)" + quoted(6) + R"(,"name":"t"})");
  make_task(20, R"(,"section_id":)" + quoted(5) + R"(,"tags":[)" + quoted(6) + "]");
  must("task.delete", about(20));
  must("section.delete", about(5));
  must("tag.delete", about(6));
  make_task(21);
  must("task.restore", about(20));
  EXPECT_TRUE(task(20).at("section_id").is_null());
  EXPECT_TRUE(task(20).at("tags").as_array().empty());
  EXPECT_NE(task(20).at("position"), task(21).at("position"));
}

TEST_F(ListTasks, OnlyTrashIsPurged) {
  make_task(20);
  EXPECT_EQ(code_of("task.purge", about(20)), "not_found");
  must("task.delete", about(20));
  const auto gen = std::to_string(last.timers.at(0).gen);
  const auto fired = R"({"name":"purge:task:)" + text_of(20) + R"(","gen":)";
  EXPECT_TRUE(run(system_principal(), "timer.fired", fired + "1}"));
  EXPECT_TRUE(last.events.empty());
  EXPECT_TRUE(run(system_principal(), "timer.fired", fired + gen + "}"));
  EXPECT_EQ(event_types(), "task.purged.v1");
  EXPECT_EQ(code_of("task.restore", about(20)), "not_found");
  EXPECT_EQ(code_of("timer.fired", fired + gen + "}"), "forbidden");
}

TEST_F(ListTasks, SetOperationsAreIdempotent) {
  must("tag.create", R"({"id":)" + quoted(6) + R"(,"name":"t"})");
  make_task(20);
  make_task(21);
  const auto tag = R"("tag_id":)" + quoted(6), user = R"("user_id":)" + quoted(ann), other = R"("task_id":)" + quoted(21);
  const std::vector<std::tuple<std::string, std::string, std::string>> steps{
    {"task.tag", tag, "task.tagged.v1"},          {"task.tag", tag, ""},
    {"task.assign", user, "task.assigned.v1"},    {"task.assign", user, ""},
    {"task.depend", other, "task.updated.v1"},    {"task.depend", other, ""},
    {"task.undepend", other, "task.updated.v1"},  {"task.undepend", other, ""},
    {"task.unassign", user, "task.unassigned.v1"}, {"task.unassign", user, ""},
    {"task.untag", tag, "task.untagged.v1"},      {"task.untag", tag, ""}};
  for (const auto& [type, what, expected] : steps) {
    EXPECT_EQ(must(type, with(20, what)).status, 204);
    EXPECT_EQ(event_types(), expected) << type;
  }
  EXPECT_EQ(code_of("task.tag", with(20, R"("tag_id":)" + quoted(77))), "not_found");
  EXPECT_EQ(code_of("task.assign", with(20, R"("user_id":)" + quoted(77))), "not_found");
  EXPECT_EQ(code_of("task.depend", with(20, R"("task_id":)" + quoted(77))), "not_found");
  must("task.depend", with(20, other));
  EXPECT_EQ(code_of("task.depend", with(21, R"("task_id":)" + quoted(20))), "cycle");
  EXPECT_EQ(code_of("task.depend", with(20, R"("task_id":)" + quoted(20))), "cycle");
}

TEST_F(ListTasks, TheTimerCountsWhileItRuns) {
  make_task(20);
  must("task.timer_start", about(20));
  EXPECT_EQ(task(20).at("status"), "in_progress");
  must("task.timer_start", about(20));
  EXPECT_TRUE(last.events.empty());
  now += std::chrono::milliseconds{1000};
  must("task.timer_pause", about(20));
  EXPECT_EQ(task(20).at("elapsed_ms"), 1014);
  EXPECT_EQ(task(20).at("status"), "paused");
  must("task.timer_start", about(20));
  must("task.complete", about(20));
  EXPECT_EQ(task(20).at("elapsed_ms"), 1021);
  EXPECT_TRUE(task(20).at("started_at").is_null());
  must("task.timer_reset", about(20));
  EXPECT_EQ(event_types(), "task.timer_reset.v1");
  EXPECT_EQ(task(20).at("elapsed_ms"), 0);
}

TEST_F(ListTasks, AnotherListIsRefusedForNow) {
  make_task(20);
  EXPECT_EQ(field_of("task.move", with(20, R"("list_id":)" + quoted(9))), "/list_id unknown_member");
  EXPECT_EQ(field_of("task.create", with(21, R"("title":"x","list_id":)" + quoted(9))), "/list_id unknown");
}

}  // namespace
}  // namespace callboard::list
