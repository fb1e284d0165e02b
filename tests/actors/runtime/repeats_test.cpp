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

}  // namespace
}  // namespace callboard::test
