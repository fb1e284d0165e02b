#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

struct ListQuery : ::testing::Test, list_world {
  ListQuery() { make(); }
  /// Titles of all pages, `limit` a page.
  std::string titles(tasks_filter f) const {
    std::string all;
    do {
      const auto page = get(find_tasks{f});
      for (const auto& item : page.at("items").as_array())
        all += (all.empty() ? "" : ",") + std::string(item.at("title").as_string());
      f.cursor = page.at("next_cursor").is_null() ? "" : std::string(page.at("next_cursor").as_string());
    } while (!f.cursor.empty());
    return all;
  }
  void named(std::uint32_t n, const std::string& title, const std::string& more = "") {
    must("task.create", R"({"id":)" + quoted(n) + R"(,"title":")" + title + "\"" + more + "}");
  }
};

TEST_F(ListQuery, PagesFollowEverySortWithoutGapOrRepeat) {
  named(20, "b", R"(,"due_date":"2026-11-20","priority":"low")");
  named(21, "C", R"(,"priority":"urgent")");
  named(22, "a", R"(,"due_at":"2026-11-20T10:00:00Z","priority":"high")");
  for (const std::size_t limit : {1, 2, 50}) {
    const auto by = [&](const char* sort) { return titles({.sort = *parse_sort(sort), .limit = limit}); };
    EXPECT_EQ(by("position"), "b,C,a");
    EXPECT_EQ(by("-position"), "a,C,b");
    EXPECT_EQ(by("title"), "a,b,C");
    EXPECT_EQ(by("due_at"), "a,b,C");
    EXPECT_EQ(by("-due_at"), "b,a,C") << "those without a date come last";
    EXPECT_EQ(by("-priority,number"), "C,a,b");
  }
}

TEST_F(ListQuery, FiltersNarrow) {
  must("tag.create", R"({"id":)" + quoted(6) + R"(,"name":"t"})");
  named(20, "a", R"(,"tags":[)" + quoted(6) + R"(],"due_date":"2026-11-20")");
  named(21, "b", R"(,"status":"completed","due_at":"2026-11-21T01:00:00Z")");
  EXPECT_EQ(titles({.status = {task_status::completed}}), "b");
  EXPECT_EQ(titles({.tag = {{id_of(6)}}}), "a");
  EXPECT_EQ(titles({.tag = {{}, true}}), "b");
  EXPECT_EQ(titles({.assignee = {{id_of(ann)}}}), "");
  const due_bound day{*parse_rfc3339("2026-11-21T00:00:00Z"), "2026-11-21"};
  EXPECT_EQ(titles({.due_after = day}), "b");
  EXPECT_EQ(titles({.due_before = day}), "a");
}

TEST_F(ListQuery, ACursorBelongsToItsQuery) {
  named(20, "a");
  named(21, "b");
  const auto page = get(find_tasks{{.limit = 1}});
  const std::string cursor(page.at("next_cursor").as_string());
  for (const auto& bad : {cursor + "0", std::string("zz"), cursor.substr(0, 20)})
    EXPECT_EQ(ask(find_tasks{{.cursor = bad}}).problem->code, problem_code::bad_cursor) << bad;
  EXPECT_EQ(ask(find_tasks{{.sort = *parse_sort("title"), .cursor = cursor}}).problem->code, problem_code::bad_cursor);
  EXPECT_FALSE(parse_sort("title,title"));
  EXPECT_FALSE(parse_sort(""));
}

TEST_F(ListQuery, AListCanCarryItsParts) {
  make_task(20);
  const auto body = get(get_list{true, true, true, true, false});
  EXPECT_EQ(body.at("tasks").as_array().size(), 1u);
  EXPECT_TRUE(body.at("tasks_next_cursor").is_null());
  EXPECT_EQ(body.at("members").as_array().size(), 1u);
  EXPECT_TRUE(body.contains("sections") && body.contains("tags"));
}

TEST_F(ListQuery, TrashIsPagedNewestFirst) {
  for (std::uint32_t n : {20, 21, 22}) {
    make_task(n);
    must("task.delete", about(n));
  }
  const auto first = get(get_trash{.limit = 2});
  EXPECT_EQ(first.at("items").as_array()[0].at("id"), json_id(22));
  const auto second = get(get_trash{std::string(first.at("next_cursor").as_string()), 2});
  ASSERT_EQ(second.at("items").as_array().size(), 1u);
  EXPECT_EQ(second.at("items").as_array()[0].at("id"), json_id(20));
  EXPECT_TRUE(second.at("next_cursor").is_null());
  EXPECT_EQ(ask(get_trash{"x", 2}).problem->code, problem_code::bad_cursor);
}

TEST_F(ListQuery, SnapshotPartsAreSmallAndShared) {
  const std::string big = R"(,"description":")" + std::string(60'000, 'x') + "\"";
  for (std::uint32_t n = 20; n < 32; ++n)
    make_task(n, big);
  const auto start = list->subscribe(user(ann), true);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->seq, list->seq());
  EXPECT_GT(start->parts->size(), 1u);
  std::size_t tasks = 0;
  for (const auto& part : *start->parts) {
    EXPECT_LE(size_of(part), 256u << 10);
    const auto object = json::parse('{' + join(part) + '}').as_object();
    if (const auto* all = object.if_contains("tasks"))
      tasks += all->as_array().size();
  }
  EXPECT_EQ(tasks, 12u);
  EXPECT_EQ(json::parse('{' + join(start->parts->front()) + '}').at("list").at("my_role"), "owner");
  EXPECT_EQ(list->subscribe(user(ann), true)->parts, start->parts);
  EXPECT_FALSE(list->subscribe(user(eve), true));
}

}  // namespace
}  // namespace callboard::list
