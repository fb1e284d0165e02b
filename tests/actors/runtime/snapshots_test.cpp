#include "actors/runtime/snapshot_plan.hpp"
#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

using namespace std::chrono_literals;

class SnapshotsTest : public RuntimeTest {
 protected:
  /// So many tasks, all committed.
  bool given_tasks(std::size_t count) {
    bool all = true;
    for (std::size_t i = 0; i < count; ++i)
      all = all && settled({create_task("Task " + std::to_string(i))});
    return all;
  }
  /// Puts every idle entity away, soon.
  void restart_forgetful() {
    runtime::runtime_settings settings;
    settings.idle_timeout = 50ms;
    restart(settings);
  }
  std::string read() {
    const auto asked = read_list();
    EXPECT_TRUE(settled({asked}));
    const auto reply = answers.get(asked);
    return reply->problem ? "refused: " + reply->problem->detail : join(reply->body);
  }
  void spoil(std::uint64_t seq) {
    snapshot_row bad;
    bad.entity = list;
    bad.seq = seq;
    bad.state = "of another format";
    ASSERT_TRUE(journal.put_snapshot(bad));
  }
  std::string stored(std::uint64_t seq) { return (*journal.snapshot_before(list, seq))->state; }
};

TEST_F(SnapshotsTest, AnEntityThatIsPutAwayAfterManyEventsIsSaved) {
  restart_forgetful();
  ASSERT_TRUE(given_a_list() && given_tasks(runtime::snapshot_plan::events_min_at_rest));
  ASSERT_TRUE(eventually([&] { return !journal.snapshot_seqs(list).empty(); }));
  const auto saved = journal.snapshot_seqs(list).back();
  const auto before = read();
  restart();
  EXPECT_EQ(read(), before);
  const auto loaded = journal.load(list);
  EXPECT_EQ(loaded->snapshot->seq, saved);
  EXPECT_LT(loaded->tail.size(), runtime::snapshot_plan::events_min_at_rest);
}

TEST_F(SnapshotsTest, AnUnusableSnapshotIsPassedOverAndReplaced) {
  ASSERT_TRUE(given_a_list() && given_tasks(3));
  const auto before = read();
  const auto head = journal.log(list).back()->seq;
  spoil(head);
  restart_forgetful();
  EXPECT_EQ(read(), before);
  ASSERT_TRUE(eventually([&] { return stored(head) != "of another format"; }));
  restart();
  EXPECT_EQ(read(), before);
}

TEST_F(SnapshotsTest, AnOlderSnapshotServesWhereTheNewestDoesNot) {
  restart_forgetful();
  ASSERT_TRUE(given_a_list() && given_tasks(runtime::snapshot_plan::events_min_at_rest));
  ASSERT_TRUE(eventually([&] { return !journal.snapshot_seqs(list).empty(); }));
  ASSERT_TRUE(given_tasks(2));
  const auto before = read();
  spoil(journal.log(list).back()->seq);
  restart();
  EXPECT_EQ(read(), before);
}

TEST_F(SnapshotsTest, AfterAPurgeNoSnapshotHasTheContent) {
  ASSERT_TRUE(given_a_list());
  const auto id = to_string(make_uuid_v7());
  ASSERT_TRUE(settled({tell(command(list, "task.create", {{"id", id}, {"title", "Secret"}}))}));
  restart_forgetful();
  ASSERT_TRUE(given_tasks(runtime::snapshot_plan::events_min_at_rest));
  ASSERT_TRUE(eventually([&] { return !journal.snapshot_seqs(list).empty(); }));
  const auto old = journal.snapshot_seqs(list).back();
  ASSERT_NE(stored(old).find("Secret"), std::string::npos);
  ASSERT_TRUE(settled({tell(command(list, "task.delete", {{"id", id}}))}));
  const auto purged = tell(command(list, "task.purge", {{"id", id}}));
  ASSERT_TRUE(settled({purged}));
  ASSERT_FALSE(answers.get(purged)->problem);
  ASSERT_TRUE(eventually([&] { return journal.snapshot_seqs(list).back() > old; }));
  for (const auto seq : journal.snapshot_seqs(list))
    EXPECT_EQ(stored(seq).find("Secret"), std::string::npos) << seq;
}

TEST_F(SnapshotsTest, ASnapshotThatWasToForgetAndWasLostIsMadeUpFor) {
  constexpr auto enough = runtime::snapshot_plan::events_min + 50;
  ASSERT_TRUE(given_a_list());
  const auto id = to_string(make_uuid_v7());
  ASSERT_TRUE(settled({tell(command(list, "task.create", {{"id", id}, {"title", "Secret"}}))}));
  ASSERT_TRUE(given_tasks(enough));
  ASSERT_TRUE(eventually([&] { return !journal.snapshot_seqs(list).empty(); }));
  const auto old = journal.snapshot_seqs(list).back();
  ASSERT_NE(stored(old).find("Secret"), std::string::npos);
  journal.set_snapshots_refused(true);
  ASSERT_TRUE(settled({tell(command(list, "task.delete", {{"id", id}})), tell(command(list, "task.purge", {{"id", id}}))}));
  ASSERT_TRUE(eventually([&] { return journal.refused_snapshots() > 0; }));
  journal.set_snapshots_refused(false);
  ASSERT_TRUE(given_tasks(3 * enough));
  ASSERT_TRUE(eventually([&] { return journal.snapshot_seqs(list).back() > old; }));
  for (const auto seq : journal.snapshot_seqs(list))
    EXPECT_EQ(stored(seq).find("Secret"), std::string::npos) << seq;
}

TEST_F(SnapshotsTest, MemoryAnswersForASilentStoreOnlyForItsLease) {
  ASSERT_TRUE(given_a_list());
  journal.set_silent(4);
  const auto early = read_list();
  ASSERT_TRUE(settled({early}));
  EXPECT_FALSE(answers.get(early)->problem);
  journal.set_silent(6);
  const auto late = read_list();
  subscribe(7, {}, snapshot_wish::always);
  ASSERT_TRUE(settled({late}));
  ASSERT_TRUE(answers.get(late)->problem);
  EXPECT_EQ(answers.get(late)->problem->code, problem_code::journal_unavailable);
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return stream.started(7).has_value();
  }));
  EXPECT_TRUE(stream.started(7)->problem);
  journal.set_silent(0);
  const auto back = read_list();
  ASSERT_TRUE(settled({back}));
  EXPECT_FALSE(answers.get(back)->problem);
}

recorded_event event_of(std::string type, std::size_t bytes = 10) {
  recorded_event event;
  event.type = std::move(type);
  event.data = share(std::string(bytes, 'x'));
  return event;
}

TEST(SnapshotPlan, WaitsForEnoughEventsAndEnoughBytes) {
  runtime::snapshot_plan plan;
  const auto now = wall_now();
  plan.restored(1'000, 5'000);
  for (int i = 0; i < 200; ++i)
    plan.note(event_of("task.updated.v1"));
  EXPECT_FALSE(plan.due(1'200, now));  // 2,000 bytes of events against a snapshot of 5,000
  plan.note(event_of("task.updated.v1", 3'000));
  EXPECT_TRUE(plan.due(1'201, now));
  EXPECT_FALSE(plan.due(1'199, now));
  plan.taken(1'201, 5'000, now);
  EXPECT_FALSE(plan.due(1'201, now));
  EXPECT_FALSE(plan.due_at_rest(1'250));
  EXPECT_TRUE(plan.due_at_rest(1'251));
}

TEST(SnapshotPlan, APurgeIsSavedAtOnceButNotEverySecond) {
  runtime::snapshot_plan plan;
  const auto now = wall_now();
  plan.note(event_of("task.purged.v1"));
  EXPECT_TRUE(plan.due(1, now));
  EXPECT_TRUE(plan.forgets_older());
  plan.taken(1, 10, now);
  EXPECT_FALSE(plan.forgets_older());
  plan.note(event_of("task.purged.v1"));
  EXPECT_FALSE(plan.due(2, now + 1s));
  EXPECT_TRUE(plan.due_at_rest(2));
  EXPECT_TRUE(plan.due(2, now + 1min));
}

}  // namespace
}  // namespace callboard::test
