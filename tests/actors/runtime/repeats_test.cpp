#include "actors/runtime/outcome_codec.hpp"
#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

class RepeatsTest : public RuntimeTest {
 protected:
  std::shared_ptr<envelope> keyed(std::uint8_t key, std::uint8_t body, const std::string& title = "Milk") {
    auto message = command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", title}});
    message->repeat.emplace();
    message->repeat->key_hash.fill(key);
    message->repeat->body_hash.fill(body);
    return message;
  }
};

TEST_F(RepeatsTest, TheSameAgainHasOneEffectAndTheFirstAnswer) {
  ASSERT_TRUE(given_a_list());
  const auto one = tell(keyed(1, 1));
  ASSERT_TRUE(settled({one}));
  const auto again = tell(keyed(1, 1));
  ASSERT_TRUE(settled({again}));
  EXPECT_TRUE(answers.get(again)->replayed);
  EXPECT_EQ(answers.get(again)->status, 201);
  EXPECT_EQ(join(answers.get(again)->body), join(answers.get(one)->body));
  EXPECT_EQ(seqs().size(), first + 1);
}

TEST_F(RepeatsTest, WhileTheFirstRunsTheSecondIsToldSo) {
  ASSERT_TRUE(given_a_list());
  const auto one = tell(keyed(1, 1));
  ASSERT_TRUE(waits(1));
  const auto again = tell(keyed(1, 1));
  ASSERT_TRUE(waits(2));
  ASSERT_TRUE(settled({one, again}));
  ASSERT_TRUE(answers.get(again)->problem);
  EXPECT_EQ(answers.get(again)->problem->code, problem_code::idempotency_in_progress);
}

TEST_F(RepeatsTest, TheSameKeyWithOtherContentIsRefused) {
  ASSERT_TRUE(given_a_list());
  const auto one = tell(keyed(1, 1));
  ASSERT_TRUE(settled({one}));
  const auto other = tell(keyed(1, 2));
  ASSERT_TRUE(settled({other}));
  EXPECT_EQ(answers.get(other)->problem->code, problem_code::idempotency_mismatch);
}

TEST_F(RepeatsTest, ADuplicateOfAnEarlierLifeIsAnsweredFromItsRow) {
  ASSERT_TRUE(given_a_list());
  const auto one = tell(keyed(1, 1));
  ASSERT_TRUE(settled({one}));
  restart();  // the memory of keys is gone; the outcome row is the judge
  const auto again = tell(keyed(1, 1)), next = create_task("next");
  ASSERT_TRUE(waits(2));
  journal.fail_first(append_failure::duplicate_outcome);
  ASSERT_TRUE(settled({again, next}));
  EXPECT_TRUE(answers.get(again)->replayed);
  EXPECT_EQ(join(answers.get(again)->body), join(answers.get(one)->body));
  EXPECT_EQ(answers.get(next)->seq, this->first + 2);
}

TEST_F(RepeatsTest, ARepeatThatWouldBeRefusedNowIsStillAnsweredAsTheFirst) {
  ASSERT_TRUE(given_a_list());
  const auto message = keyed(1, 1);  // with the client's own id, which is taken the second time
  auto same = std::make_shared<envelope>(*message);
  same->correlation = ++last;
  const auto one = tell(message);
  ASSERT_TRUE(settled({one}));
  restart();
  const auto again = tell(same);
  ASSERT_TRUE(settled({again}));
  EXPECT_EQ(answers.get(again)->status, 201);
  EXPECT_TRUE(answers.get(again)->replayed);
}

TEST_F(RepeatsTest, ARefusedCommandLeavesItsKeyFree) {
  ASSERT_TRUE(given_a_list());
  auto refused = keyed(1, 1);
  refused->if_rev = 99;
  refused->type = "list.update";
  refused->body = *descriptor_of(entity_kind::list).decode("list.update", boost::json::object{{"name", "x"}});
  const auto one = tell(std::move(refused));
  ASSERT_TRUE(settled({one}));
  EXPECT_EQ(answers.get(one)->problem->code, problem_code::precondition_failed);
  const auto second = tell(keyed(1, 1));
  ASSERT_TRUE(settled({second}));
  EXPECT_EQ(answers.get(second)->status, 201);
}

class KeptOutcomes : public RepeatsTest {
 protected:
  std::shared_ptr<envelope> kept(std::uint8_t key, outcome_kept how, std::uint64_t if_rev = 0) {
    auto message = keyed(key, 1);
    message->kept = how;
    if (if_rev) {
      message->if_rev = if_rev;
      message->type = "list.update";
      message->body = *descriptor_of(entity_kind::list).decode("list.update", boost::json::object{{"name", "x"}});
    }
    return message;
  }
  std::optional<finished_command> command_of(const envelope& message) {
    const auto row = journal.find_outcome(list, owner, message.repeat->key_hash);
    if (!row || !*row || !(*row)->op_id)
      return std::nullopt;
    return *runtime::decode_command(**row);
  }
};

TEST_F(KeptOutcomes, AnAppliedCommandIsFoundByItsId) {
  ASSERT_TRUE(given_a_list());
  const auto message = kept(1, outcome_kept::always);
  const auto one = tell(message);
  ASSERT_TRUE(settled({one}));
  EXPECT_TRUE(answers.get(one)->kept);
  const auto command = command_of(*message);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->op_id, message->op_id);
  EXPECT_EQ(command->type, "task.create");
  EXPECT_EQ(command->stream, "list:" + list.id);
  EXPECT_EQ(command->seq, first + 1);
  EXPECT_EQ(command->resources.size(), 1u);
  EXPECT_FALSE(command->problem);
}

TEST_F(KeptOutcomes, ARefusalWaitsForItsRowAndAnswersRepeatsOfALaterLife) {
  ASSERT_TRUE(given_a_list());
  const auto message = kept(1, outcome_kept::always, 99);
  const auto one = tell(message);
  ASSERT_TRUE(waits(1)) << "the refusal is a row of its own";
  EXPECT_FALSE(answers.has(one)) << "nothing is accepted before the row is committed";
  ASSERT_TRUE(settled({one}));
  EXPECT_TRUE(answers.get(one)->kept);
  EXPECT_EQ(answers.get(one)->problem->code, problem_code::precondition_failed);
  EXPECT_EQ(command_of(*message)->problem->extra, answers.get(one)->problem->extra);
  EXPECT_EQ(seqs().size(), first);
  restart();
  const auto again = tell(kept(1, outcome_kept::always, 2));  // it would be applied now
  ASSERT_TRUE(waits(1));
  journal.fail_first(append_failure::duplicate_outcome);
  ASSERT_TRUE(settled({again}));
  EXPECT_TRUE(answers.get(again)->replayed);
  EXPECT_TRUE(answers.get(again)->kept);
  EXPECT_EQ(answers.get(again)->problem->code, problem_code::precondition_failed);
  EXPECT_EQ(seqs().size(), first);
}

TEST_F(KeptOutcomes, WhoWaitsForTheAnswerLeavesNoTraceOfARefusal) {
  ASSERT_TRUE(given_a_list());
  const auto message = kept(1, outcome_kept::if_applied, 99);
  const auto one = tell(message);
  ASSERT_TRUE(settled({one}));
  EXPECT_FALSE(answers.get(one)->kept);
  EXPECT_FALSE(command_of(*message));
  const auto second = kept(1, outcome_kept::if_applied);
  const auto two = tell(second);
  ASSERT_TRUE(settled({two}));
  EXPECT_TRUE(command_of(*second));
}

TEST_F(KeptOutcomes, WhatTheStoreDidNotTakeWasNotAccepted) {
  ASSERT_TRUE(given_a_list());
  const auto one = tell(kept(1, outcome_kept::always));
  ASSERT_TRUE(waits(1));
  journal.fail_first(append_failure::expired);
  ASSERT_TRUE(settled({one}));
  EXPECT_FALSE(answers.get(one)->kept);
  EXPECT_EQ(answers.get(one)->problem->code, problem_code::journal_unavailable);
}

}  // namespace
}  // namespace callboard::test
