#include "actors/list/text_rules.hpp"
#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

struct ListDecide : ::testing::Test, list_world {
  ListDecide() { make(); }
};

TEST_F(ListDecide, MakingAListMakesItsMakerOwnerAndTellsHim) {
  EXPECT_EQ(event_types(), "list.created.v1 member.added.v1");
  EXPECT_FALSE(data().contains("my_role"));
  EXPECT_EQ(data().at("member_count"), 1);
  const auto body = get(get_list{});
  EXPECT_EQ(body.at("my_role"), "owner");
  EXPECT_EQ(body.at("key"), "HOM");
  EXPECT_EQ(body.at("color"), "#808080");
  EXPECT_EQ(body.at("seq"), 2);
  EXPECT_EQ(body.at("rev"), 1);
  ASSERT_EQ(last.outbox.size(), 1u);
  EXPECT_EQ(last.outbox[0].to.id, text_of(ann));
  EXPECT_EQ(json::parse(last.outbox[0].args).at("event"), "member.added");
  EXPECT_EQ(last.reply.status, 201);
  EXPECT_EQ(last.reply.resources.at(0), "/v1/lists/" + text_of(list_id));
}

TEST_F(ListDecide, TheSameIdAgainIsTaken) {
  EXPECT_EQ(code_of("list.create", R"({"name":"Other"})"), "already_exists");
  next.if_none_match_any = true;
  EXPECT_EQ(code_of("list.replace", R"({"name":"Other"})"), "precondition_failed");
}

TEST_F(ListDecide, StrangersSeeNothingAndViewersChangeNothing) {
  join_member(ben, "viewer");
  EXPECT_EQ(code_of("list.update", R"({"name":"x"})", eve), "not_found");
  EXPECT_EQ(code_of("list.update", R"({"name":"x"})", ben), "forbidden");
  EXPECT_EQ(code_of("section.create", R"({"id":)" + quoted(5) + R"(,"name":"x"})", ben), "forbidden");
}

TEST_F(ListDecide, AnUpdateSaysOnlyWhatChanged) {
  must("list.update", R"({"name":"Home","description":"d","settings":{"has_time_tracking":true}})");
  EXPECT_EQ(event_types(), "list.updated.v1");
  EXPECT_EQ(json::serialize(data()),
            R"({"description":"d","settings":{"has_time_tracking":true,"has_due_dates":true,"is_auto_ordered":false}})");
  must("list.update", R"({"name":"Home"})");
  EXPECT_TRUE(last.events.empty());
}

TEST_F(ListDecide, IfMatchOnAListComparesItsSeq) {
  next.if_rev = 1;
  const auto a = run("list.update", R"({"name":"x"})");
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, problem_code::precondition_failed);
  EXPECT_NE(a.error().extra.find("\"current\":{"), std::string::npos);
  next.if_rev = 2;
  EXPECT_EQ(code_of("list.update", R"({"name":"x"})"), "200");
}

TEST_F(ListDecide, BaseRevGuardsTheGivenFieldsAlone) {
  must("list.update", R"({"name":"a"})");
  next.base_rev = 2;
  EXPECT_EQ(code_of("list.update", R"({"name":"b"})"), "conflict");
  next.base_rev = 2;
  EXPECT_EQ(code_of("list.update", R"({"description":"b"})"), "200");
}

TEST_F(ListDecide, AnArchivedListRefusesAllButAFewWrites) {
  must("list.archive", "{}");
  EXPECT_EQ(code_of("list.update", R"({"name":"x"})"), "list_archived");
  EXPECT_EQ(code_of("task.create", R"({"id":)" + quoted(5) + R"(,"title":"x"})"), "list_archived");
  must("list.archive", "{}");
  EXPECT_TRUE(last.events.empty());
  EXPECT_EQ(code_of("list.unarchive", "{}"), "200");
}

TEST_F(ListDecide, DeletingHidesRestoringShowsAndTheTimerPurges) {
  must("list.delete", "{}");
  const auto gen = last.timers.at(0).gen;
  EXPECT_EQ(last.timers[0].name, "purge:list");
  EXPECT_EQ(last.revocations.size(), 1u);
  EXPECT_FALSE(last.revocations[0].user);
  EXPECT_EQ(code_of("list.update", R"({"name":"x"})"), "not_found");
  EXPECT_EQ(ask(get_list{}).problem->code, problem_code::not_found);
  EXPECT_FALSE(ask(get_list{.include_deleted = true}).problem);
  EXPECT_EQ(get(get_trash{}).at("items").as_array().size(), 1u);
  must("list.restore", "{}");
  EXPECT_TRUE(data().contains("name"));
  const auto fired = R"({"name":"purge:list","gen":)" + std::to_string(gen) + "}";
  EXPECT_TRUE(run(system_principal(), "timer.fired", fired));
  EXPECT_TRUE(last.events.empty()) << "a stale generation does nothing";
  must("list.delete", "{}");
  const auto again = R"({"name":"purge:list","gen":)" + std::to_string(last.timers.at(0).gen) + "}";
  EXPECT_TRUE(run(system_principal(), "timer.fired", again));
  EXPECT_EQ(event_types(), "list.purged.v1");
  EXPECT_EQ(code_of("list.restore", "{}"), "not_found");
  EXPECT_EQ(replayed()->snapshot(), list->snapshot());
}

TEST_F(ListDecide, OnlyTrashIsPurgedByItsOwnerButAnAdminPurgesAll) {
  EXPECT_EQ(code_of("list.purge", "{}"), "conflict");
  auto admin = user(eve);
  admin.role = instance_role::admin;
  EXPECT_EQ(run(admin, "list.purge", "{}")->status, 204);
  EXPECT_EQ(ask(get_list{.include_deleted = true}).problem->code, problem_code::not_found);
}

TEST_F(ListDecide, SectionsAreOrderedAndLeaveTheirTasks) {
  must("section.create", R"({"id":)" + quoted(5) + R"(,"name":"A"})");
  must("section.create", R"({"id":)" + quoted(6) + R"(,"name":"B","position":"first"})");
  EXPECT_EQ(last.reply.status, 201);
  const auto items = get(get_sections{}).at("items").as_array();
  EXPECT_EQ(items[0].at("id"), json_id(6));
  must("section.update", R"({"id":)" + quoted(6) + R"(,"after":)" + quoted(5) + "}");
  EXPECT_EQ(get(get_sections{}).at("items").as_array()[0].at("id"), json_id(5));
  make_task(20, R"(,"section_id":)" + quoted(5));
  must("section.delete", about(5));
  EXPECT_EQ(data().at("tasks").as_array().size(), 1u);
  EXPECT_TRUE(task(20).at("section_id").is_null());
  EXPECT_EQ(task(20).at("rev"), journal.size());
  EXPECT_EQ(code_of("section.delete", about(5)), "not_found");
}

TEST_F(ListDecide, TagNamesAreUniqueWhateverTheirCase) {
  must("tag.create", R"({"id":)" + quoted(5) + R"(,"name":"Straße"})");
  EXPECT_EQ(code_of("tag.create", R"({"id":)" + quoted(6) + R"(,"name":"STRASSE"})"), "already_exists");
  EXPECT_EQ(code_of("tag.create", R"({"id":)" + quoted(5) + R"(,"name":"x"})"), "already_exists");
  EXPECT_EQ(code_of("tag.update", R"({"id":)" + quoted(5) + R"(,"name":"strasse"})"), "200");
  make_task(20, R"(,"tags":[)" + quoted(5) + "]");
  must("tag.delete", about(5));
  EXPECT_TRUE(task(20).at("tags").as_array().empty());
}

TEST_F(ListDecide, TheDigestIsTheSumOverTheLiveParts) {
  must("section.create", R"({"id":)" + quoted(5) + R"(,"name":"A"})");
  must("tag.create", R"({"id":)" + quoted(6) + R"(,"name":"t"})");
  make_task(20);
  make_task(21);
  must("task.delete", about(21));
  must("task.update", R"({"id":)" + quoted(20) + R"(,"tags":[)" + quoted(6) + "]}");
  const auto expected = digest_term("list", id_of(list_id), 1) + digest_term("section", id_of(5), 3) +
                        digest_term("tag", id_of(6), 4) + digest_term("task", id_of(20), 8);
  EXPECT_EQ(get(get_list{}).at("digest").as_string(), epoch_text(expected));
}

TEST(TextRules, KeysComeFromNames) {
  EXPECT_EQ(key_of_name("Groceries"), "GRO");
  EXPECT_EQ(key_of_name("Work in progress"), "WIP");
  EXPECT_EQ(key_of_name("\xC3\xA9\xC3\xA9"), "LIST");
  EXPECT_EQ(trimmed(" \xC2\xA0 x \xE3\x80\x80"), "x");
}

}  // namespace
}  // namespace callboard::list
