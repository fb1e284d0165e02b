#include "actors/list/list.hpp"
#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

class RestartTest : public RuntimeTest {
 protected:
  struct unmade {
    operator list::create_task() const { throw std::runtime_error("never made"); }
  };

  /// A command that no decision can be made of: whoever looks at its content throws.
  std::uint64_t tell_poison() {
    auto message = command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", "poison"}});
    list::command content = list::create_task{};
    EXPECT_THROW(content.emplace<list::create_task>(unmade{}), std::runtime_error);
    EXPECT_TRUE(content.valueless_by_exception());
    message->body = make_body(std::move(content));
    return tell(std::move(message));
  }
  bool refused_as_internal(std::uint64_t correlation) {
    return settled({correlation}) && answers.get(correlation)->problem &&
           answers.get(correlation)->problem->code == problem_code::internal;
  }
};

TEST_F(RestartTest, AnEntityThatThrowsIsRebuiltFromItsJournalAndNobodyElseNotices) {
  ASSERT_TRUE(given_a_list());
  ASSERT_TRUE(settled({create_task("before")}));
  const auto loads = journal.loads();
  const auto before = create_task("under way");
  const auto poison = tell_poison();
  const auto after = create_task("after");
  EXPECT_TRUE(refused_as_internal(poison));
  ASSERT_TRUE(settled({before, after}));
  EXPECT_EQ(answers.get(before)->seq, first + 2);
  EXPECT_EQ(answers.get(after)->seq, first + 3);
  EXPECT_EQ(journal.loads(), loads + 1);
}

TEST_F(RestartTest, OneThatThrowsAgainAndAgainIsRebuiltMoreAndMoreSlowly) {
  ASSERT_TRUE(given_a_list());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(refused_as_internal(tell_poison()));
  ASSERT_TRUE(settled({create_task("after")}));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100 + 200 + 400));
}

TEST_F(RestartTest, WhoWaitsWhileAnEntityIsKeptDownIsRefusedAtHisDeadline) {
  ASSERT_TRUE(given_a_list());
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(refused_as_internal(tell_poison()));
  auto hasty = command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", "a"}});
  hasty->deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
  const auto held = journal.reserved();
  const auto told = tell(std::move(hasty));
  ASSERT_TRUE(eventually([&] { return answers.has(told); }));
  ASSERT_TRUE(answers.get(told)->problem);
  EXPECT_EQ(info(answers.get(told)->problem->code).status, 503);
  EXPECT_EQ(journal.reserved(), held);
  ASSERT_TRUE(settled({create_task("after")}));
}

TEST_F(RestartTest, AnExceptionOfTheStoreIsAnAnswerAndTheEntityComesBack) {
  ASSERT_TRUE(given_a_list());
  restart();
  journal.set_wild(true);
  EXPECT_TRUE(refused_as_internal(read_list()));
  journal.set_wild(false);
  EXPECT_TRUE(eventually([&] {
    const auto read = read_list();
    return settled({read}) && !answers.get(read)->problem;
  }));
}

TEST_F(RestartTest, ASubscriptionThatCannotBeHadInTimeIsRefusedOnce) {
  ASSERT_TRUE(given_a_list());
  const auto task = create_task();
  ASSERT_TRUE(waits(1));
  node->subscribe({list, user(owner), &stream, 5, {}, snapshot_wish::never,
                   std::chrono::steady_clock::now() + std::chrono::milliseconds(1)});
  ASSERT_TRUE(eventually([&] { return journal.queued() == 2 || stream.started(5); }));
  const auto loads = journal.loads();
  journal.fail_first(append_failure::unavailable);  // as on a full disk, which still reads
  ASSERT_TRUE(eventually([&] { return answers.has(task) && stream.started(5).has_value(); }));
  EXPECT_TRUE(stream.started(5)->problem);
  EXPECT_LE(journal.loads(), loads + 1);
  EXPECT_EQ(journal.queued(), 0u);
}

}  // namespace
}  // namespace callboard::test
