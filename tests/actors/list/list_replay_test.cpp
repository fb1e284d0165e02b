#include "tests/actors/list/list_world.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>

namespace callboard::list {
namespace {

/// Random commands over a few ids; many are refused, which is part of the point.
struct random_life : list_world {
  std::mt19937 random;
  explicit random_life(unsigned seed) : random(seed) { make(); }

  std::uint32_t pick(std::uint32_t from, std::uint32_t count) { return from + random() % count; }
  std::string maybe(std::uint32_t id) { return random() % 4 ? quoted(id) : "null"; }
  std::string task_members() {
    std::string all;
    const auto add = [&](const std::string& member) {
      if (random() % 4 == 0)
        all += "," + member;
    };
    add(R"("description":"é )" + std::to_string(random() % 100) + "\"");
    add(R"("status":")" + std::string(to_string(static_cast<task_status>(random() % 5))) + "\"");
    add(R"("priority":")" + std::string(to_string(static_cast<task_priority>(random() % 4))) + "\"");
    add(R"("due_date":"2026-11-2)" + std::to_string(random() % 9) + "\"");
    add(R"("section_id":)" + maybe(pick(10, 3)));
    add(R"("parent_id":)" + maybe(pick(20, 12)));
    add(R"("tags":[)" + quoted(pick(15, 3)) + "]");
    add(R"("assignees":[{"user_id":)" + quoted(pick(ann, 3)) + R"(,"role":"r"}])");
    add(R"("depends_on":[)" + quoted(pick(20, 12)) + "]");
    add(R"("reminders":[{"offset_s":-60}])");
    add(R"("recurrence":{"pattern":"weekly","interval":2})");
    add(R"("expected_ms":)" + std::to_string(random() % 1000));
    return all;
  }
  void step() {
    const auto task = quoted(pick(20, 12)), other = quoted(pick(20, 12));
    const auto section = quoted(pick(10, 3)), tag = quoted(pick(15, 3)), user = quoted(pick(ann, 3));
    const std::string id = R"({"id":)" + task;
    const std::string title = R"(,"title":"t)" + std::to_string(random() % 9) + "\"";
    const std::vector<std::pair<std::string, std::string>> choices{
      {"task.create", id + title + task_members() + "}"}, {"task.create", id + title + R"(,"before":)" + other + "}"},
      {"task.update", id + title + task_members() + "}"}, {"task.update", id + task_members() + "}"},
      {"task.replace", id + title + task_members() + "}"}, {"task.complete", id + "}"}, {"task.reopen", id + "}"},
      {"task.delete", id + "}"}, {"task.restore", id + "}"}, {"task.restore", id + "}"}, {"task.purge", id + "}"},
      {"task.move", id + R"(,"after":)" + other + R"(,"parent_id":)" + maybe(pick(20, 12)) + "}"},
      {"task.tag", id + R"(,"tag_id":)" + tag + "}"}, {"task.untag", id + R"(,"tag_id":)" + tag + "}"},
      {"task.assign", id + R"(,"user_id":)" + user + "}"}, {"task.unassign", id + R"(,"user_id":)" + user + "}"},
      {"task.depend", id + R"(,"task_id":)" + other + "}"}, {"task.undepend", id + R"(,"task_id":)" + other + "}"},
      {"task.timer_start", id + "}"}, {"task.timer_pause", id + "}"}, {"task.timer_reset", id + "}"},
      {"list.reorder", R"({"task_ids":[)" + task + "," + other + "]}"},
      {"list.reorder", R"({"moves":[{"id":)" + task + R"(,"after":)" + maybe(pick(20, 12)) + "}]}"},
      {"section.create", R"({"id":)" + section + R"(,"name":"s","position":"first"})"},
      {"section.update", R"({"id":)" + section + R"(,"name":"s)" + std::to_string(random() % 5) + R"(","position":"last"})"},
      {"section.delete", R"({"id":)" + section + "}"},
      {"tag.create", R"({"id":)" + tag + R"(,"name":"n)" + std::to_string(random() % 5) + "\"}"},
      {"tag.update", R"({"id":)" + tag + R"(,"color":"#00000)" + std::to_string(random() % 5) + "\"}"},
      {"tag.delete", R"({"id":)" + tag + "}"},
      {"member.add", R"({"user_id":)" + user + R"(,"name":"U","role":"editor"})"},
      {"member.update", R"({"id":)" + user + R"(,"role":"viewer"})"}, {"member.remove", R"({"id":)" + user + "}"},
      {"list.update", R"({"name":"N)" + std::to_string(random() % 5) + R"(","settings":{"is_auto_ordered":true}})"},
      {"list.archive", "{}"}, {"list.unarchive", "{}"}, {"list.unarchive", "{}"}, {"list.delete", "{}"},
      {"list.restore", "{}"}, {"list.restore", "{}"}};
    const auto& [type, args] = choices[random() % choices.size()];
    (void)run(type, args);
  }
};

TEST(ListReplay, EventsAndSnapshotsGiveTheLiveStateAgain) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (unsigned life = 0; life < 20; ++life) {
    random_life one(seed + life);
    for (int i = 0; i < 400; ++i)
      one.step();
    const auto live = one.list->snapshot();
    ASSERT_EQ(one.replayed()->snapshot(), live) << "life " << life;
    auto restored = descriptor().make(one.ref);
    ASSERT_TRUE(restored->restore(live));
    ASSERT_EQ(restored->snapshot(), live) << "life " << life;
    // What a restored list decides next is what the live one decides.
    std::swap(one.list, restored);
    for (int i = 0; i < 50; ++i)
      one.step();
    ASSERT_EQ(one.replayed()->snapshot(), one.list->snapshot()) << "life " << life;
  }
}

TEST(ListReplay, AFrozenStateIsThatOfItsMomentHoweverLateItIsEncoded) {
  random_life one(11);
  for (int i = 0; i < 300; ++i)
    one.step();
  const auto then = one.list->snapshot();
  const auto frozen = one.list->freeze();
  for (int i = 0; i < 100; ++i)
    one.step();
  one.must("list.restore", "{}");
  ASSERT_NE(one.list->snapshot(), then);
  EXPECT_EQ(frozen.encode(), then);
  EXPECT_NEAR(static_cast<double>(frozen.bytes), static_cast<double>(then.size()), static_cast<double>(then.size()) / 2 + 8'192);
}

TEST(ListReplay, FreezingTenThousandTasksDoesNotCopyThem) {
  list_world w;
  w.make();
  for (std::uint32_t i = 0; i < 10'000; ++i)
    w.must("task.create", R"({"id":)" + quoted(10'000 + i) + R"(,"title":"Buy oat milk and bread"})");
  const auto cpu_of = [](auto&& work) {
    const auto begun = std::clock();
    work();
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC * 1e3;
  };
  frozen_state frozen;
  double freezing = 1e9, encoding = 0;
  for (int i = 0; i < 5; ++i)
    freezing = std::min(freezing, cpu_of([&] { frozen = w.list->freeze(); }));
  encoding = cpu_of([&] { (void)frozen.encode(); });
  std::printf("10,000 tasks: frozen in %.2f ms, encoded in %.2f ms\n", freezing, encoding);
  EXPECT_LT(freezing, 20.0);  // of a quiet machine it takes one
}

TEST(ListReplay, TheDigestIsThatOfTheRestoredParts) {
  random_life one(7);
  for (int i = 0; i < 500; ++i)
    one.step();
  one.must("list.restore", "{}");
  auto restored = descriptor().make(one.ref);
  ASSERT_TRUE(restored->restore(one.list->snapshot()));
  const auto digest = one.get(get_list{}).at("digest");
  one.list = std::move(restored);
  EXPECT_EQ(one.get(get_list{}).at("digest"), digest);
}

TEST(ListReplay, UnknownAndDamagedEventsThrow) {
  list_world w;
  w.make();
  auto e = w.journal.back();
  e.type = "list.exploded.v1";
  EXPECT_THROW(w.list->replay(e), std::runtime_error);
  e.type = "member.added.v1";
  e.data = share("{");
  EXPECT_THROW(w.list->replay(e), std::runtime_error);
  EXPECT_FALSE(w.list->restore("{"));
  EXPECT_FALSE(w.list->restore("{}"));
}

}  // namespace
}  // namespace callboard::list
