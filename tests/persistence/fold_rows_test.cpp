#include "persistence/fold_rows.hpp"

#include "tests/contract/entity_script.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

const std::string list_text = "01930000-0000-7000-8000-00000000000a", task_text = "01930000-0000-7000-8000-00000000000b",
                  other_text = "01930000-0000-7000-8000-00000000000c";
const uuid list_id = *parse_uuid(list_text), task_id = *parse_uuid(task_text), other_id = *parse_uuid(other_text);

class FoldRows : public testing::Test {
 protected:
  void tell(std::string type, std::string data, std::string part = task_text) {
    take_in(rows, *list.next_event(std::move(type), std::move(data), std::move(part)));
  }
  const task_change& task(const uuid& id = task_id) { return rows.tasks.at({list_id, id}); }

  contract::entity_script list{list_text};
  fold_rows rows;
};

TEST_F(FoldRows, MergesTheEventsOfOneRow) {
  tell("task.created.v1", R"({"title":"MILK","status":"pending","priority":"urgent","number":4,"position":"a1"})");
  tell("task.updated.v1", R"({"due_at":"2026-11-20T20:00:00.000Z"})");
  tell("task.completed.v1", R"({"status":"completed","completed_at":"2026-11-20T20:00:00.000Z"})");
  ASSERT_EQ(rows.tasks.size(), 1u);
  EXPECT_EQ(task().rev, 3u);
  EXPECT_EQ(task().mask, static_cast<std::uint32_t>(task_column::all));
  EXPECT_EQ(task().title, "milk");
  EXPECT_EQ(task().status, "completed");
  EXPECT_EQ(task().priority, 10);
  EXPECT_EQ(task().number, 4u);
  EXPECT_EQ(to_rfc3339(*task().due_at), "2026-11-20T20:00:00.000Z");
  EXPECT_EQ(rows.heads.begin()->second, 3u);
}

TEST_F(FoldRows, APatchSetsOnlyWhatItNames) {
  tell("task.updated.v1", R"({"title":"x","section_id":null})");
  const auto named = static_cast<std::uint32_t>(task_column::title) | static_cast<std::uint32_t>(task_column::section_id) |
                     static_cast<std::uint32_t>(task_column::updated_at);
  EXPECT_EQ(task().mask, named);
}

TEST_F(FoldRows, EveryNamedTaskIsTouched) {
  tell("task.deleted.v1", R"({"deleted_at":"2026-11-20T20:00:00.000Z","tasks":[")" + task_text + R"(",")" + other_text + R"("]})");
  EXPECT_TRUE(task().deleted);
  EXPECT_TRUE(task(other_id).deleted);
  tell("task.reordered.v1", R"({"positions":{")" + other_text + R"(":"b5"}})", "");
  EXPECT_EQ(task(other_id).position, "b5");
  EXPECT_EQ(task(other_id).rev, 2u);
  EXPECT_EQ(task().rev, 1u);
}

TEST_F(FoldRows, APurgeForgetsWhatCameBefore) {
  tell("task.created.v1", R"({"title":"x"})");
  tell("list.purged.v1", "{}", "");
  EXPECT_TRUE(rows.tasks.empty());
  EXPECT_TRUE(rows.purged_lists.contains(list_id));
}

TEST_F(FoldRows, WhatCannotBeReadIsCountedAndPassedOver) {
  tell("task.updated.v1", "not json");
  EXPECT_EQ(rows.skipped, 1u);
  EXPECT_EQ(rows.heads.begin()->second, 1u);
}

TEST_F(FoldRows, NamesAreFoldedByUnicode) { EXPECT_EQ(fold_case("STRASSE Ünï"), fold_case("Straße üNÏ")); }

}  // namespace
}  // namespace callboard
