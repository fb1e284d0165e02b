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
  bool there(const uuid& id = task_id) { return rows.tasks.at({list_id, id}); }

  contract::entity_script list{list_text};
  fold_rows rows;
};

TEST_F(FoldRows, MergesTheEventsOfOneRow) {
  tell("list.created.v1", R"({"name":"Home","archived_at":null,"deleted_at":null})", "");
  tell("list.updated.v1", R"({"name":"HOUSE"})", "");
  tell("list.archived.v1", R"({"archived_at":"2026-11-20T20:00:00.000Z"})", "");
  ASSERT_EQ(rows.lists.size(), 1u);
  const auto& merged = rows.lists.at(list_id);
  EXPECT_EQ(merged.rev, 3u);
  EXPECT_EQ(merged.mask, static_cast<std::uint32_t>(list_column::all));
  EXPECT_EQ(merged.name_folded, "house");
  EXPECT_EQ(to_rfc3339(*merged.archived_at), "2026-11-20T20:00:00.000Z");
}

TEST_F(FoldRows, APatchOfAListSetsOnlyWhatItNames) {
  tell("list.updated.v1", R"({"name":"x"})", "");
  EXPECT_EQ(rows.lists.at(list_id).mask, static_cast<std::uint32_t>(list_column::name));
}

TEST_F(FoldRows, OfATaskOnlyItsPlaceIsKept) {
  tell("task.created.v1", R"({"title":"MILK"})");
  tell("task.completed.v1", R"({"status":"completed"})");
  tell("task.updated.v1", R"({"title":"x"})", other_text);
  tell("task.deleted.v1", R"({"tasks":[")" + task_text + R"("]})");
  ASSERT_EQ(rows.tasks.size(), 1u);
  EXPECT_TRUE(there());
}

TEST_F(FoldRows, ATaskThatMovedAwayOrWasPurgedIsGone) {
  tell("task.created.v1", "{}");
  tell("task.moved.v1", R"({"section_id":null})");
  EXPECT_TRUE(there());
  tell("task.moved.v1", R"({"list_id":")" + other_text + R"("})");
  EXPECT_FALSE(there());
  tell("task.moved.v1", R"({"list_id":")" + list_text + R"(","title":"x"})");
  EXPECT_TRUE(there());
  tell("task.purged.v1", R"({"tasks":[")" + other_text + R"("]})");
  EXPECT_FALSE(there());
  EXPECT_FALSE(there(other_id));
}

TEST_F(FoldRows, APurgeForgetsWhatCameBefore) {
  tell("task.created.v1", R"({"title":"x"})");
  tell("list.purged.v1", "{}", "");
  EXPECT_TRUE(rows.tasks.empty());
  EXPECT_TRUE(rows.purged_lists.contains(list_id));
}

TEST_F(FoldRows, WhatCannotBeReadIsCountedAndPassedOver) {
  tell("task.moved.v1", "not json");
  tell("task.created.v1", "{}", "no id");
  EXPECT_EQ(rows.skipped, 2u);
  EXPECT_EQ(rows.events, 2u);
  EXPECT_TRUE(rows.tasks.empty());
}

TEST_F(FoldRows, NamesAreFoldedByUnicode) { EXPECT_EQ(fold_case("STRASSE Ünï"), fold_case("Straße üNÏ")); }

}  // namespace
}  // namespace callboard
