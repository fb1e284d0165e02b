#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

struct ListMembers : ::testing::Test, list_world {
  ListMembers() { make(); }
  static std::string role(std::uint32_t n, const std::string& name) {
    return R"({"id":)" + quoted(n) + R"(,"role":")" + name + "\"}";
  }
};

TEST_F(ListMembers, AddingTellsTheUserAndHasTheWholeMember) {
  join_member(ben, "editor");
  EXPECT_EQ(event_types(), "member.added.v1");
  EXPECT_EQ(json::serialize(data().at("capabilities")), R"(["items.write","comments.write"])");
  EXPECT_EQ(json::parse(last.outbox.at(0).args).at("my_role"), "editor");
  EXPECT_EQ(last.reply.resources.at(0), "/v1/lists/" + text_of(list_id) + "/members/" + text_of(ben));
  EXPECT_EQ(code_of("member.add", R"({"user_id":)" + quoted(ben) + R"(,"name":"B","role":"viewer"})"), "already_exists");
  EXPECT_EQ(get(get_list{}, ben).at("my_role"), "editor");
  EXPECT_EQ(get(get_member_role{}, ben).at("role"), "editor");
}

TEST_F(ListMembers, TheLastOwnerStays) {
  EXPECT_EQ(code_of("member.update", role(ann, "editor")), "last_owner");
  EXPECT_EQ(code_of("member.remove", about(ann)), "last_owner");
  join_member(ben, "owner");
  EXPECT_EQ(code_of("member.update", role(ann, "editor")), "200");
}

TEST_F(ListMembers, NobodyGrantsWhatHeLacksOrTouchesAnOwner) {
  must("member.add", R"({"user_id":)" + quoted(ben) + R"(,"name":"B","role":"viewer","capabilities":["members.manage"]})");
  join_member(eve, "viewer");
  EXPECT_EQ(code_of("member.update", role(eve, "editor"), ben), "forbidden");
  EXPECT_EQ(code_of("member.update", role(eve, "owner"), ben), "forbidden");
  EXPECT_EQ(code_of("member.update", role(ann, "viewer"), ben), "forbidden");
  EXPECT_EQ(code_of("member.remove", about(ann), ben), "forbidden");
  EXPECT_EQ(code_of("member.update", R"({"id":)" + quoted(ben) + R"(,"capabilities":[]})", ben), "forbidden");
  EXPECT_EQ(code_of("member.remove", about(eve), ben), "204");
}

TEST_F(ListMembers, RemovingEndsSubscriptionsAndAssignments) {
  join_member(ben, "viewer");
  make_task(20, R"(,"assignees":[{"user_id":)" + quoted(ben) + R"(,"role":"helper"}])");
  must("member.remove", about(ben), ben);
  EXPECT_EQ(last.revocations.at(0).user, id_of(ben));
  EXPECT_TRUE(json::parse(last.outbox.at(0).args).at("my_role").is_null());
  EXPECT_TRUE(task(20).at("assignees").as_array().empty());
  EXPECT_EQ(ask(get_list{}, ben).problem->code, problem_code::not_found);
  EXPECT_FALSE(list->subscribe(user(ben), false));
}

TEST_F(ListMembers, LeavingAnArchivedListIsAllowedRemovingIsNot) {
  join_member(ben, "viewer");
  join_member(eve, "viewer");
  must("list.archive", "{}");
  EXPECT_EQ(code_of("member.remove", about(eve)), "list_archived");
  EXPECT_EQ(code_of("member.remove", about(ben), ben), "204");
}

TEST_F(ListMembers, ARoleBringsItsCapabilitiesAndNullBringsThemBack) {
  must("member.add", R"({"user_id":)" + quoted(ben) + R"(,"name":"B","role":"editor","capabilities":[]})");
  EXPECT_EQ(code_of("task.create", R"({"id":)" + quoted(20) + R"(,"title":"x"})", ben), "forbidden");
  must("member.update", R"({"id":)" + quoted(ben) + R"(,"capabilities":null})");
  EXPECT_EQ(code_of("task.create", R"({"id":)" + quoted(20) + R"(,"title":"x"})", ben), "201");
}

TEST_F(ListMembers, AChangedNameComesFromTheAccountAlone) {
  join_member(ben, "viewer");
  const auto args = R"({"id":)" + quoted(ben) + R"(,"name":"Benjamin"})";
  EXPECT_EQ(code_of("member.rename", args, ben), "forbidden");
  ASSERT_TRUE(run(system_principal(), "member.rename", args));
  EXPECT_EQ(event_types(), "member.updated.v1");
  EXPECT_EQ(data().at("name"), "Benjamin");
  ASSERT_TRUE(run(system_principal(), "member.rename", args));
  EXPECT_EQ(event_types(), "");
  ASSERT_TRUE(run(system_principal(), "member.rename", R"({"id":)" + quoted(eve) + R"(,"name":"Nobody"})"));
  EXPECT_EQ(event_types(), "");
  EXPECT_EQ(replayed()->snapshot(), list->snapshot());
}

TEST_F(ListMembers, WhoseAccountEndsLeavesAndWhatHeAloneOwnsGoesIntoTheTrash) {
  join_member(ben, "editor");
  EXPECT_EQ(code_of("member.forget", about(ben)), "forbidden");
  ASSERT_TRUE(run(system_principal(), "member.forget", about(ben)));
  EXPECT_EQ(event_types(), "member.removed.v1");
  EXPECT_EQ(last.revocations.at(0).user, id_of(ben));
  ASSERT_TRUE(run(system_principal(), "member.forget", about(ann)));
  EXPECT_EQ(event_types(), "list.deleted.v1");
  EXPECT_EQ(last.timers.size(), 1u);
  ASSERT_TRUE(run(system_principal(), "member.forget", about(ann)));
  EXPECT_EQ(event_types(), "");
  EXPECT_EQ(replayed()->snapshot(), list->snapshot());
}

}  // namespace
}  // namespace callboard::list
