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
  ASSERT_TRUE(settled({create_list()}));
  const auto first = tell(keyed(1, 1));
  ASSERT_TRUE(settled({first}));
  const auto again = tell(keyed(1, 1));
  ASSERT_TRUE(settled({again}));
  EXPECT_TRUE(answers.get(again)->replayed);
  EXPECT_EQ(answers.get(again)->status, 201);
  EXPECT_EQ(join(answers.get(again)->body), join(answers.get(first)->body));
  EXPECT_EQ(seqs().size(), 2u);
}

TEST_F(RepeatsTest, WhileTheFirstRunsTheSecondIsToldSo) {
  ASSERT_TRUE(settled({create_list()}));
  const auto first = tell(keyed(1, 1));
  ASSERT_TRUE(waits(1));
  const auto again = tell(keyed(1, 1));
  ASSERT_TRUE(settled({first, again}));
  EXPECT_EQ(answers.get(again)->problem->code, problem_code::idempotency_in_progress);
}

TEST_F(RepeatsTest, TheSameKeyWithOtherContentIsRefused) {
  ASSERT_TRUE(settled({create_list()}));
  const auto first = tell(keyed(1, 1));
  ASSERT_TRUE(settled({first}));
  const auto other = tell(keyed(1, 2));
  ASSERT_TRUE(settled({other}));
  EXPECT_EQ(answers.get(other)->problem->code, problem_code::idempotency_mismatch);
}

TEST_F(RepeatsTest, ADuplicateOfAnEarlierLifeIsAnsweredFromItsRow) {
  ASSERT_TRUE(settled({create_list()}));
  const auto first = tell(keyed(1, 1));
  ASSERT_TRUE(settled({first}));
  restart();  // the memory of keys is gone; the outcome row is the judge
  const auto again = tell(keyed(1, 1)), next = create_task("next");
  ASSERT_TRUE(waits(2));
  journal.fail_first(append_failure::duplicate_outcome);
  ASSERT_TRUE(settled({again, next}));
  EXPECT_TRUE(answers.get(again)->replayed);
  EXPECT_EQ(join(answers.get(again)->body), join(answers.get(first)->body));
  EXPECT_EQ(answers.get(next)->seq, 3u);
}

TEST_F(RepeatsTest, ARefusedCommandLeavesItsKeyFree) {
  ASSERT_TRUE(settled({create_list()}));
  auto refused = keyed(1, 1);
  refused->if_rev = 99;
  refused->type = "list.update";
  refused->body = *descriptor_of(entity_kind::list).decode("list.update", boost::json::object{{"name", "x"}});
  const auto first = tell(std::move(refused));
  ASSERT_TRUE(settled({first}));
  EXPECT_EQ(answers.get(first)->problem->code, problem_code::precondition_failed);
  const auto second = tell(keyed(1, 1));
  ASSERT_TRUE(settled({second}));
  EXPECT_EQ(answers.get(second)->status, 201);
}

}  // namespace
}  // namespace callboard::test
