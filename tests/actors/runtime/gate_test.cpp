#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

using GateTest = RuntimeTest;

TEST_F(GateTest, AReplyLeavesOnlyAfterItsCommit) {
  const auto made = create_list();
  ASSERT_TRUE(waits(1));
  EXPECT_FALSE(answers.has(made));
  ASSERT_TRUE(settled({made}));
  EXPECT_EQ(answers.get(made)->status, 201);
}

TEST_F(GateTest, AQueryThatSawUncommittedStateWaitsForItsCommit) {
  ASSERT_TRUE(given_a_list());
  const auto task = create_task();
  ASSERT_TRUE(waits(1));
  const auto read = read_list();
  ASSERT_TRUE(waits(2));
  EXPECT_FALSE(answers.has(read));
  journal.commit(1);
  ASSERT_TRUE(eventually([&] { return answers.has(task); }));
  EXPECT_FALSE(answers.has(read));
  journal.commit(1);
  ASSERT_TRUE(eventually([&] { return answers.has(read); }));
  EXPECT_EQ(answers.get(read)->seq, first + 1);
}

TEST_F(GateTest, AQueryWithNothingInFlightIsAnsweredAtOnce) {
  ASSERT_TRUE(given_a_list());
  const auto read = read_list();
  ASSERT_TRUE(eventually([&] { return answers.has(read); }));
  EXPECT_EQ(journal.queued(), 0u);
}

TEST_F(GateTest, ARefusalThatSawUncommittedStateWaitsToo) {
  ASSERT_TRUE(given_a_list());
  auto first = command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", "a"}});
  auto again = std::make_shared<envelope>(*first);
  again->correlation = ++last;
  const auto one = tell(std::move(first)), two = tell(std::move(again));
  ASSERT_TRUE(waits(2));
  EXPECT_FALSE(answers.has(two));
  ASSERT_TRUE(settled({one, two}));
  EXPECT_EQ(answers.get(two)->problem->code, problem_code::already_exists);
}

TEST_F(GateTest, SequenceNumbersAreContiguous) {
  ASSERT_TRUE(given_a_list());
  std::vector<std::uint64_t> sent;
  for (int i = 0; i < 50; ++i)
    sent.push_back(create_task());
  ASSERT_TRUE(eventually([&] {
    journal.commit(7);
    return answers.has(sent.back());
  }));
  std::vector<std::uint64_t> expected(first + 50);
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(seqs(), expected);
}

TEST_F(GateTest, ABadRowIsDecidedAgainInFirstOrder) {
  ASSERT_TRUE(given_a_list());
  const auto one = create_task("one"), two = create_task("two"), three = create_task("three");
  ASSERT_TRUE(waits(3));
  journal.fail_first(append_failure::bad_row);
  ASSERT_TRUE(settled({one, two, three}));
  EXPECT_EQ(answers.get(one)->seq, first + 1);
  EXPECT_EQ(answers.get(two)->seq, first + 2);
  EXPECT_EQ(answers.get(three)->seq, first + 3);
  EXPECT_EQ(seqs().size(), first + 3);
}

TEST_F(GateTest, ACommandWhoseRowIsRefusedTwiceIsAnInternalErrorAndTheRestGoOn) {
  ASSERT_TRUE(given_a_list());
  const auto one = create_task("one"), two = create_task("two");
  ASSERT_TRUE(waits(2));
  journal.fail_first(append_failure::bad_row);
  ASSERT_TRUE(waits(2));
  journal.fail_first(append_failure::bad_row);
  ASSERT_TRUE(settled({one, two}));
  EXPECT_EQ(answers.get(one)->problem->code, problem_code::internal);
  EXPECT_EQ(answers.get(two)->status, 201);
  EXPECT_EQ(seqs().size(), first + 1);
}

TEST_F(GateTest, WhatTheStoreDidNotTakeInTimeIsRefusedAndForgotten) {
  ASSERT_TRUE(given_a_list());
  const auto lost = create_task();
  ASSERT_TRUE(waits(1));
  journal.fail_first(append_failure::unavailable);
  ASSERT_TRUE(eventually([&] { return answers.has(lost); }));
  EXPECT_EQ(answers.get(lost)->problem->code, problem_code::journal_unavailable);
  EXPECT_FALSE(answers.get(lost)->outcome_unknown);
  const auto read = read_list();
  ASSERT_TRUE(settled({read}));
  EXPECT_EQ(answers.get(read)->seq, first);
}

TEST_F(GateTest, WhoComesAfterACommandThatWaitedTooLongIsDecidedAgain) {
  ASSERT_TRUE(given_a_list());
  auto hasty = command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", "a"}});
  const auto deadline = hasty->deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  const auto late = tell(std::move(hasty)), next = create_task();
  ASSERT_TRUE(waits(2));
  ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > deadline; }));
  journal.fail_first(append_failure::expired);
  ASSERT_TRUE(settled({late, next}));
  EXPECT_EQ(answers.get(late)->problem->code, problem_code::journal_unavailable);
  EXPECT_EQ(answers.get(next)->status, 201);
  EXPECT_EQ(seqs().size(), first + 1);
}

TEST_F(GateTest, AnUnknownOutcomeIsSaid) {
  ASSERT_TRUE(given_a_list());
  const auto task = create_task();
  ASSERT_TRUE(waits(1));
  journal.fail_first(append_failure::unknown);
  ASSERT_TRUE(eventually([&] { return answers.has(task); }));
  EXPECT_TRUE(answers.get(task)->outcome_unknown);
}

TEST_F(GateTest, AFullLaneRefusesBeforeDeciding) {
  ASSERT_TRUE(given_a_list());
  journal.set_full(true);
  const auto task = create_task();
  ASSERT_TRUE(eventually([&] { return answers.has(task); }));
  EXPECT_EQ(answers.get(task)->problem->code, problem_code::overloaded);
  EXPECT_EQ(seqs().size(), first);
}

TEST_F(GateTest, AStoreThatIsDownIsSaidAndComesBack) {
  journal.set_down(true);
  const auto read = read_list();
  ASSERT_TRUE(eventually([&] { return answers.has(read); }));
  EXPECT_EQ(answers.get(read)->problem->code, problem_code::journal_unavailable);
  journal.set_down(false);
  ASSERT_TRUE(eventually([&] {
    const auto made = create_list();
    return settled({made}) && answers.get(made)->status == 201;
  }));
}

TEST_F(GateTest, AnEntityWhoseJournalCannotBeReadHurtsNobodyElse) {
  auto broken = std::make_shared<recorded_event>();
  const entity_ref other{entity_kind::list, to_string(make_uuid_v7())};
  broken->entity = std::make_shared<const entity_ref>(other);
  broken->seq = 1;
  broken->type = "list.unheard_of.v1";
  broken->data = share("{}");
  ASSERT_TRUE(given_a_list());
  lane_item item;
  item.events.push_back(broken);
  journal.submit(std::move(item));
  journal.commit();
  const auto read = tell(command(other, "list.archive", {}));
  ASSERT_TRUE(eventually([&] { return answers.has(read); }));
  EXPECT_EQ(answers.get(read)->problem->code, problem_code::internal);
  EXPECT_TRUE(settled({create_task()}));
}

}  // namespace
}  // namespace callboard::test
