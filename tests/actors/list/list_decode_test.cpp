#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

/// `pointer code` of every wrong field.
std::string errors_of(const std::string& type, const std::string& args) {
  const auto decoded = descriptor().decode(type, json::parse(args));
  std::string all;
  if (!decoded)
    for (const auto& e : decoded.error().errors)
      all += (all.empty() ? "" : ", ") + e.pointer + ' ' + e.code;
  return all;
}

TEST(ListDecode, NamesEveryWrongFieldAtOnce) {
  EXPECT_EQ(errors_of("task.create", R"({"id":"x","title":"","priority":"top","colour":1,"rev":3})"),
            "/id pattern, /title too_short, /priority enum, /colour unknown_member, /rev read_only");
}

TEST(ListDecode, EachShapeErrorHasItsCode) {
  const std::string id = R"({"id":)" + quoted(9);
  const std::vector<std::pair<std::string, std::string>> cases{
    {R"(,"title":null})", "/title type"},
    {R"(})", "/title required"},
    {R"(,"title":"  "})", "/title too_short"},
    {R"(,"title":"a\u0001"})", "/title pattern"},
    {R"(,"title":")" + std::string(501, 'x') + "\"}", "/title too_long"},
    {R"(,"title":"a","due_date":"2026-02-30"})", "/due_date pattern"},
    {R"(,"title":"a","due_at":"tomorrow"})", "/due_at pattern"},
    {R"(,"title":"a","due_at":5})", "/due_at type"},
    {R"(,"title":"a","expected_ms":-1})", "/expected_ms range"},
    {R"(,"title":"a","expected_ms":1.5})", "/expected_ms type"},
    {R"(,"title":"a","tags":"x"})", "/tags type"},
    {R"(,"title":"a","tags":["x"]})", "/tags/0 pattern"},
    {R"(,"title":"a","assignees":[{}]})", "/assignees/0/user_id required"},
    {R"(,"title":"a","position":"a5"})", "/position enum"},
    {R"(,"title":"a","position":"last","before":null})", "/position wrong"},
    {R"(,"title":"a","recurrence":{"pattern":"hourly"}})", "/recurrence/pattern enum"},
    {R"(,"title":"a","recurrence":{"pattern":"rrule"}})", "/recurrence/rrule required"},
    {R"(,"title":"a","recurrence":{"pattern":"daily","interval":400}})", "/recurrence/interval range"},
    {R"(,"title":"a","reminders":[{}]})", "/reminders/0/at required"},
    {R"(,"title":"a","number":4})", "/number read_only"},
    {R"(,"title":"a","a/b~":4})", "/a~1b~0 unknown_member"},
  };
  for (const auto& [rest, expected] : cases)
    EXPECT_EQ(errors_of("task.create", id + rest), expected) << rest;
}

TEST(ListDecode, LimitsCountCodePointsAfterNfc) {
  std::string decomposed;
  for (int i = 0; i < 500; ++i)
    decomposed += "e\xCC\x81";
  EXPECT_EQ(errors_of("task.create", R"({"id":)" + quoted(9) + R"(,"title":")" + decomposed + "\"}"), "");
  EXPECT_EQ(errors_of("task.create", R"({"id":)" + quoted(9) + R"(,"title":")" + decomposed + "x\"}"), "/title too_long");
}

TEST(ListDecode, ReplacingIgnoresWhatOnlyTheServerWrites) {
  EXPECT_EQ(errors_of("task.replace", R"({"id":)" + quoted(9) + R"(,"title":"a","rev":4,"position":"a0","number":1})"), "");
  EXPECT_EQ(errors_of("list.replace", R"({"name":"a","rev":4,"digest":"x"})"), "");
  EXPECT_EQ(errors_of("list.update", R"({"rev":4})"), "/rev read_only");
}

TEST(ListDecode, ListsSectionsTagsAndMembersHaveTheirRules) {
  EXPECT_EQ(errors_of("list.create", R"({"color":"red","key":"a","settings":{"x":1}})"),
            "/name required, /color pattern, /key pattern, /settings/x unknown_member");
  EXPECT_EQ(errors_of("section.create", R"({"id":)" + quoted(2) + "}"), "/name required");
  EXPECT_EQ(errors_of("tag.create", R"({"id":)" + quoted(2) + R"(,"name":")" + std::string(51, 'x') + "\"}"),
            "/name too_long");
  EXPECT_EQ(errors_of("member.add", R"({"user_id":)" + quoted(2) + R"(,"role":"boss"})"), "/role enum");
  EXPECT_EQ(errors_of("member.update", R"({"id":)" + quoted(2) + R"(,"capabilities":["fly"]})"), "/capabilities/0 enum");
  EXPECT_EQ(errors_of("list.reorder", "{}"), "/task_ids required");
  EXPECT_EQ(errors_of("list.restore", R"({"at_seq":3})"), "/at_seq unknown_member");
  EXPECT_EQ(errors_of("task.delete", "[]"), " type, /id required");
  EXPECT_EQ(errors_of("list.explode", "{}"), "/type enum");
}

}  // namespace
}  // namespace callboard::list
