#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

using ResidentsTest = RuntimeTest;

TEST_F(ResidentsTest, NothingIsLostOrOutOfOrderWhileAnEntityComesAndGoes) {
  ASSERT_TRUE(given_a_list());
  runtime::runtime_settings settings;
  settings.idle_timeout = std::chrono::milliseconds(0);
  restart(settings);
  const auto loads = journal.loads();
  std::vector<std::uint64_t> sent;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 3; ++i)
      sent.push_back(create_task());
    ASSERT_TRUE(settled({sent.back()}));
    const bool let_go = round % 2 == 0;
    ASSERT_TRUE(eventually([&] { return !let_go || node->inspect().resident() == 0; }));
  }
  EXPECT_GE(journal.loads(), loads + 20);
  std::vector<std::uint64_t> seqs;
  for (const auto one : sent) {
    ASSERT_TRUE(answers.has(one));
    ASSERT_EQ(answers.get(one)->status, 201);
    seqs.push_back(answers.get(one)->seq);
  }
  EXPECT_TRUE(std::is_sorted(seqs.begin(), seqs.end()));
  EXPECT_EQ(seqs.back() - seqs.front() + 1, sent.size());
}

TEST_F(ResidentsTest, AboutSoManyStayInMemoryAsAreAllowed) {
  runtime::runtime_settings settings;
  settings.resident_max = 300;
  restart(settings);
  constexpr std::size_t asked = 800;
  for (std::size_t i = 0; i < asked; ++i) {
    auto message = command({entity_kind::list, to_string(make_uuid_v7())}, "list.archive", {});
    const auto one = tell(std::move(message));
    ASSERT_TRUE(eventually([&] { return answers.has(one); }));
  }
  // Each shard keeps the one that it was asked for last.
  EXPECT_TRUE(eventually([&] { return node->inspect().resident() <= settings.resident_max + shard_count; }))
    << node->inspect().resident();
}

}  // namespace
}  // namespace callboard::test
