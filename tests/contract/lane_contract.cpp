#include "tests/contract/store_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace callboard::contract {
namespace {

using StoreLane = store_contract;

TEST_P(StoreLane, AnItemPastItsDeadlineIsNotAppliedAndTakesItsFollowersAlong) {
  entity_script list("list-1", store->owner_epoch());
  auto late = list.append();
  late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds{1};
  submit(std::move(late));
  submit(list.append());
  submit(list.place());
  ASSERT_TRUE(settled());
  EXPECT_TRUE(heard->items().empty());
  EXPECT_EQ(heard->failures()[0].why, append_failure::expired);
  EXPECT_TRUE(list.owner()->broken.load());
  EXPECT_TRUE(store->events(list.ref(), 0, 10)->empty());
}

TEST_P(StoreLane, ReservationsAreBoundedAndEndWithTheItem) {
  auto& lane = store->lane_of(0);
  const std::size_t all = lane_limits{}.reserved_bytes;
  ASSERT_TRUE(lane.reserve(all));
  EXPECT_FALSE(lane.reserve(1));
  lane.release(all);
  EXPECT_TRUE(lane.reserve(1'000));
  entity_script list("list-1", store->owner_epoch());
  auto item = list.append();
  item.bytes = 1'000;
  submit(std::move(item));
  ASSERT_TRUE(settled());
  EXPECT_TRUE(lane.reserve(all));
  lane.release(all);
}

TEST_P(StoreLane, ItemsWithoutRowsKeepTheirPlace) {
  entity_script list("list-1", store->owner_epoch());
  submit(list.append());
  submit(list.place());
  submit(list.append());
  submit(list.place());
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard->items().size(), 4u);
  EXPECT_TRUE(heard->items()[0].has_rows());
  EXPECT_FALSE(heard->items()[1].has_rows());
  EXPECT_TRUE(heard->items()[2].has_rows());
}

TEST_P(StoreLane, AnOversizeItemCommitsWhole) {
  entity_script list("list-1", store->owner_epoch());
  auto large = list.append();
  for (int i = 0; i < 5'000; ++i)
    large.events.push_back(list.next_event("task.created.v1", R"({"title":")" + std::string(500, 'x') + R"("})"));
  submit(list.place());
  submit(std::move(large));
  submit(list.append());
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard->items().size(), 3u);
  EXPECT_EQ(store->events(list.ref(), 5'000, 10)->size(), 2u);
}

TEST_P(StoreLane, StoppingCommitsWhatIsQueued) {
  entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 500; ++i)
    submit(list.append());
  store->stop();
  EXPECT_EQ(heard->items().size(), 500u);
}

TEST_P(StoreLane, ASecondServerOnTheStoreIsRefused) {
  if (GetParam().name != "sqlite")
    GTEST_SKIP() << "waits for 10 s; the store's own tests cover it";
  const auto second = open_store(home->settings());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find(std::to_string(::getpid())), std::string::npos) << second.error().detail;
}

/// Says each committed seq on a pipe, as an acknowledgement.
class acknowledging final : public commit_listener {
 public:
  explicit acknowledging(int pipe) : pipe_(pipe) {}
  void committed(std::vector<lane_item>&& items) noexcept override {
    for (const auto& item : items)
      if (const auto seq = item.events[0]->seq; ::write(pipe_, &seq, sizeof seq) < 0)
        ::_exit(3);
  }
  void failed(std::vector<lane_item>&&, append_failure) noexcept override { ::_exit(4); }
  void fenced() noexcept override { ::_exit(5); }

 private:
  int pipe_;
};

[[noreturn]] void append_until_killed(const store_settings& settings, int pipe) {
  auto opened = open_store(settings);
  if (!opened)
    ::_exit(2);
  acknowledging listener(pipe);
  (*opened)->start(listener);
  entity_script list("list-1", (*opened)->owner_epoch());
  auto& lane = (*opened)->lane_of(slice_of(list.ref()));
  for (;;) {
    if (list.owner()->in_flight.load() > 500) {
      std::this_thread::yield();
      continue;
    }
    lane.submit(list.append());
  }
}

TEST_P(StoreLane, NothingAcknowledgedIsLostToAKill) {
  close();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(ends[0]);
    append_until_killed(home->settings(), ends[1]);
  }
  ::close(ends[1]);
  std::uint64_t acknowledged = 0, seq = 0;
  while (acknowledged < 2'000 && ::read(ends[0], &seq, sizeof seq) == sizeof seq)
    acknowledged = seq;
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  while (::read(ends[0], &seq, sizeof seq) == sizeof seq)
    acknowledged = seq;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);
  ASSERT_GE(acknowledged, 2'000u);

  open();
  const auto loaded = store->load({entity_kind::list, "list-1"});
  ASSERT_TRUE(loaded);
  EXPECT_GE(loaded->tail.size(), acknowledged);
  for (std::size_t i = 0; i < loaded->tail.size(); ++i) {
    ASSERT_EQ(loaded->tail[i]->seq, i + 1);
    ASSERT_EQ(loaded->tail[i]->nr, i + 1);
  }
  auto next = entity_script("list-1", store->owner_epoch())
                .reborn(loaded->tail.back()->seq, loaded->tail.back()->link);
  submit(next.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard->items().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreLane, testing::ValuesIn(all_factories()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard::contract
