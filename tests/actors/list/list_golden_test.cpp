#include "tests/actors/list/list_world.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace callboard::list {
namespace {

/// One of each kind of event, in a fixed life. CALLBOARD_WRITE_GOLDEN=1 writes the file anew.
std::string golden_events() {
  list_world w;
  std::string out;
  const auto step = [&](const std::string& type, const std::string& args) {
    w.must(type, args);
    for (const auto& e : w.last.events)
      out += e.type + ' ' + (e.part_id.empty() ? "-" : e.part_id) + ' ' + *e.data + '\n';
  };
  const auto with = [](std::uint32_t n, const std::string& rest) { return R"({"id":)" + quoted(n) + "," + rest + "}"; };
  step("list.create", R"({"name":"Home","owner_name":"Ann"})");
  step("list.update", R"({"description":"all of it"})");
  step("section.create", with(10, R"("name":"Soon")"));
  step("section.update", with(10, R"("name":"Later")"));
  step("tag.create", with(15, R"("name":"urgent")"));
  step("tag.update", with(15, R"("color":"#ff0000")"));
  step("member.add", R"({"user_id":)" + quoted(102) + R"(,"name":"Ben","role":"viewer"})");
  step("member.update", with(102, R"("role":"editor")"));
  step("task.create", with(20, R"("title":"Milk","section_id":)" + quoted(10) + R"(,"due_date":"2026-11-20","assignees":[{"user_id":)" + quoted(102) + "}]"));
  step("task.create", with(21, R"("title":"Bread","parent_id":)" + quoted(20)));
  step("task.update", with(20, R"("title":"Oat milk","reminders":[{"offset_s":-600}],"recurrence":{"pattern":"weekly"})"));
  step("task.tag", with(20, R"("tag_id":)" + quoted(15)));
  step("task.untag", with(20, R"("tag_id":)" + quoted(15)));
  step("task.assign", with(21, R"("user_id":)" + quoted(102)));
  step("task.unassign", with(21, R"("user_id":)" + quoted(102)));
  step("task.timer_start", about(20));
  step("task.timer_pause", about(20));
  step("task.timer_reset", about(20));
  step("task.complete", about(20));
  step("task.reopen", about(20));
  step("task.move", with(21, R"("parent_id":null,"position":"first")"));
  step("list.reorder", R"({"task_ids":[)" + quoted(20) + "," + quoted(21) + "]}");
  step("section.delete", about(10));
  step("tag.delete", about(15));
  step("member.remove", about(102));
  step("task.delete", about(21));
  step("task.restore", about(21));
  step("task.delete", about(21));
  step("task.purge", about(21));
  step("list.archive", "{}");
  step("list.unarchive", "{}");
  step("list.delete", "{}");
  step("list.restore", "{}");
  step("list.delete", "{}");
  step("list.purge", "{}");
  return out;
}

TEST(ListGolden, EventBytesOfVersionOneStay) {
  const std::string path = CALLBOARD_LIST_GOLDEN "/events_v1.txt";
  set_stream_epoch(0);
  const auto now = golden_events();
  if (std::getenv("CALLBOARD_WRITE_GOLDEN"))
    std::ofstream(path) << now;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(now, kept.str());
}

TEST(ListGolden, OldBytesReplay) {
  std::ifstream file(CALLBOARD_LIST_GOLDEN "/events_v1.txt");
  list_world w;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    recorded_event e;
    std::string data;
    words >> e.type >> e.meta.part_id;
    std::getline(words, data);
    if (e.meta.part_id == "-")
      e.meta.part_id.clear();
    e.data = share(data);
    e.at = w.now;
    ASSERT_NO_THROW(w.list->replay(e)) << line;
  }
  EXPECT_GE(w.list->seq(), 35u);
}

}  // namespace
}  // namespace callboard::list
