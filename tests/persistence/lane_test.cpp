#include "persistence/lane.hpp"

#include "tests/contract/commit_recorder.hpp"
#include "tests/contract/entity_script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace callboard {
namespace {

using contract::commit_recorder;
using contract::entity_script;

// Long enough for a first attempt on a slow machine.
constexpr std::chrono::milliseconds soon{300};

/// A journal in memory that can be told to misbehave.
class memory_writer final : public batch_writer {
 public:
  struct state {
    std::mutex mutex;
    std::map<std::string, std::uint64_t> seqs;            // by entity
    std::vector<std::pair<std::string, std::uint64_t>> sent;  // every event of every commit call
    std::vector<commit_status> next;                      // what the next commits say; then committed
    std::vector<resolution> resolutions;
    bool name_the_bad_row = false;
    bool unknown_applies = false;
    std::vector<std::uint64_t> nrs;
  };
  explicit memory_writer(state& s) : s_(s) {}

  commit_outcome commit(std::span<lane_item* const> items) override {
    const std::lock_guard lock(s_.mutex);
    for (const auto* item : items)
      for (const auto& event : item->events)
        s_.sent.emplace_back(event->entity->id, event->seq);
    const auto status = s_.next.empty() ? commit_status::committed : s_.next.front();
    if (!s_.next.empty())
      s_.next.erase(s_.next.begin());
    if (status == commit_status::unknown && s_.unknown_applies)
      apply(items);
    if (status != commit_status::committed)
      return {status, {}, false, "as told"};
    auto seqs = s_.seqs;
    for (std::size_t i = 0; i < items.size(); ++i)
      for (const auto& event : items[i]->events)
        if (event->seq != ++seqs[event->entity->id])
          return {commit_status::bad_row, s_.name_the_bad_row ? std::optional(i) : std::nullopt, false, "conflict"};
    apply(items);
    return {};
  }
  resolution resolve(std::span<lane_item* const>) override {
    const std::lock_guard lock(s_.mutex);
    if (s_.resolutions.empty())
      return resolution::unavailable;
    const auto first = s_.resolutions.front();
    s_.resolutions.erase(s_.resolutions.begin());
    return first;
  }
  std::uint64_t last_nr(std::uint16_t) override { return 0; }

 private:
  void apply(std::span<lane_item* const> items) {
    for (const auto* item : items)
      for (const auto& event : item->events) {
        s_.seqs[event->entity->id] = event->seq;
        s_.nrs.push_back(event->nr);
      }
  }
  state& s_;
};

class Lane : public testing::Test {
 protected:
  void start() { lane.start(heard); }
  void submit(lane_item&& item) {
    lane.submit(std::move(item));
    ++submitted;
  }
  bool settled() { return heard.wait_for(submitted); }

  memory_writer::state journal;
  commit_recorder heard;
  std::size_t submitted = 0;
  lane_limits limits{.retry_first = std::chrono::milliseconds{1}, .retry_most = std::chrono::milliseconds{5}};
  group_commit_lane lane{std::make_unique<memory_writer>(journal), limits, {}, {}};
};

TEST_F(Lane, FindsABadRowByHalvingAndNeverSendsALaterOneOfItsLife) {
  std::vector<entity_script> good;
  for (int i = 0; i < 20; ++i)
    good.emplace_back("good-" + std::to_string(i));
  auto zombie = entity_script("bad").reborn(6, {});
  for (auto& entity : good)
    submit(entity.append());
  submit(zombie.append());
  for (auto& entity : good)
    submit(entity.append());
  submit(zombie.append());
  submit(zombie.place());
  start();
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard.items().size(), 40u);
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::bad_row);
  EXPECT_EQ(heard.failures()[0].items.size(), 3u);
  EXPECT_EQ(heard.failures()[0].items[0].events[0]->seq, 7u);
  lane.stop();
  EXPECT_EQ(zombie.owner()->in_flight.load(), 0u);
  std::size_t alone = 0;
  for (const auto& [id, seq] : journal.sent)
    alone += id == "bad" && seq == 8;
  // Only in the first batch, which was sent before anybody knew.
  EXPECT_EQ(alone, 1u);
}

TEST_F(Lane, GivesTheNumbersOfDroppedRowsToLaterOnes) {
  journal.name_the_bad_row = true;
  auto zombie = entity_script("same").reborn(3, {});
  entity_script fine("same");
  submit(fine.append());
  submit(zombie.append());
  submit(fine.append());
  start();
  ASSERT_TRUE(settled());
  lane.stop();
  EXPECT_EQ(journal.nrs, (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(Lane, TriesAgainWhileTheStoreIsUnavailable) {
  journal.next = {commit_status::unavailable, commit_status::unavailable, commit_status::unavailable};
  entity_script list("a");
  submit(list.append());
  submit(list.append());
  start();
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard.items().size(), 2u);
  EXPECT_TRUE(heard.failures().empty());
  EXPECT_TRUE(lane.counters().healthy.load());
}

TEST_F(Lane, GivesUpAtTheDeadlineOfAnItemWhileTheStoreIsUnavailable) {
  journal.next.assign(100'000, commit_status::unavailable);
  entity_script list("a"), patient("b");
  auto item = list.append();
  item.deadline = std::chrono::steady_clock::now() + soon;
  submit(std::move(item));
  submit(list.append());
  submit(list.place());
  start();
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::unavailable);
  EXPECT_EQ(heard.failures()[0].items.size(), 3u);
  EXPECT_TRUE(list.owner()->broken.load());
}

TEST_F(Lane, AnUnknownBatchThatCommittedIsNotSentAgain) {
  journal.next = {commit_status::unknown};
  journal.unknown_applies = true;
  journal.resolutions = {resolution::unavailable, resolution::committed};
  entity_script list("a");
  submit(list.append());
  submit(list.append());
  start();
  ASSERT_TRUE(settled());
  submit(list.append());
  ASSERT_TRUE(settled());
  lane.stop();
  EXPECT_EQ(heard.items().size(), 3u);
  EXPECT_EQ(journal.sent.size(), 3u);
  EXPECT_EQ(journal.nrs, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(Lane, AnUnknownBatchThatDidNotCommitIsSentAgainUnderTheSameNumbers) {
  journal.next = {commit_status::unknown};
  journal.resolutions = {resolution::not_committed};
  entity_script list("a");
  submit(list.append());
  submit(list.append());
  start();
  ASSERT_TRUE(settled());
  lane.stop();
  EXPECT_EQ(heard.items().size(), 2u);
  EXPECT_EQ(journal.nrs, (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(Lane, AfterAnUnknownAnswerNothingIsSentBeforeTheStoreHasSaid) {
  journal.next = {commit_status::unknown};
  entity_script list("a"), other("b");
  auto item = list.append();
  item.deadline = std::chrono::steady_clock::now() + soon;
  submit(std::move(item));
  start();
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::unknown);
  EXPECT_EQ(list.owner()->in_flight.load(), 1u);
  submit(other.append());
  submit(list.append());
  {
    const std::lock_guard lock(journal.mutex);
    EXPECT_EQ(journal.sent.size(), 1u);
    journal.resolutions = {resolution::not_committed};
  }
  ASSERT_TRUE(settled());
  lane.stop();
  EXPECT_TRUE(list.owner()->broken.load());
  EXPECT_EQ(list.owner()->in_flight.load(), 0u);
  ASSERT_EQ(heard.failures().size(), 2u);
  EXPECT_EQ(heard.failures()[1].why, append_failure::bad_row);
  ASSERT_EQ(heard.items().size(), 1u);
  EXPECT_EQ(heard.items()[0].owner, other.owner());
}

TEST_F(Lane, WhatTurnsOutCommittedGoesOutInOrderThoughItsOwnerWasToldUnknown) {
  journal.next = {commit_status::unknown};
  journal.unknown_applies = true;
  entity_script list("a"), other("b");
  auto item = list.append();
  item.deadline = std::chrono::steady_clock::now() + soon;
  item.bytes = 100;
  item.outbox.push_back({{}, list.ref(), 1, {other.ref(), "x", "{}"}, 0, {}});
  item.effects = std::make_unique<item_effects>();
  ASSERT_TRUE(lane.reserve(100));
  submit(std::move(item));
  auto patient = other.append();
  patient.effects = std::make_unique<item_effects>();
  submit(std::move(patient));
  start();
  ASSERT_TRUE(heard.wait_for(1));
  EXPECT_EQ(lane.counters().reserved_items.load(), 0u);
  EXPECT_EQ(lane.state(), lane_state::failing);
  {
    const std::lock_guard lock(journal.mutex);
    journal.resolutions = {resolution::committed};
  }
  ASSERT_TRUE(heard.wait_for(3));
  lane.stop();
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::unknown);
  ASSERT_EQ(heard.items().size(), 2u);
  EXPECT_EQ(heard.items()[0].owner, list.owner());
  EXPECT_EQ(heard.items()[0].effects, nullptr);
  EXPECT_EQ(heard.items()[0].outbox.at(0).id.nr, 1u);
  EXPECT_EQ(heard.items()[1].owner, other.owner());
  EXPECT_NE(heard.items()[1].effects, nullptr);
  EXPECT_FALSE(list.owner()->broken.load());
  EXPECT_EQ(list.owner()->in_flight.load(), 0u);
  EXPECT_EQ(lane.counters().queued_items.load(), 0u);
  EXPECT_EQ(lane.counters().reserved_items.load(), 0u);
  EXPECT_EQ(lane.counters().reserved_bytes.load(), 0u);
}

TEST_F(Lane, ADeliveryThatCannotBeNotedIsHandedBack) {
  journal.next.assign(100'000, commit_status::unavailable);
  lane_item done;
  done.outbox_done = {{3, 4, 5}};
  done.deadline = std::chrono::steady_clock::now() + soon;
  submit(std::move(done));
  start();
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::unavailable);
  EXPECT_EQ(heard.failures()[0].items.at(0).outbox_done.at(0), (outbox_id{3, 4, 5}));
}

TEST_F(Lane, IsUnprovenAfterAFailureUntilACommit) {
  EXPECT_EQ(lane.state(), lane_state::well);
  journal.next.assign(100'000, commit_status::unavailable);
  entity_script list("a"), other("b");
  auto item = list.append();
  item.deadline = std::chrono::steady_clock::now() + soon;
  submit(std::move(item));
  start();
  ASSERT_TRUE(settled());
  EXPECT_EQ(lane.state(), lane_state::unproven);
  {
    const std::lock_guard lock(journal.mutex);
    journal.next.clear();
  }
  submit(other.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(lane.state(), lane_state::well);
}

TEST_F(Lane, AStoreThatCannotEvenTellEndsItWithoutBlamingAnotherProcess) {
  journal.next = {commit_status::unknown};
  journal.resolutions = {resolution::never};
  std::string logged;
  group_commit_lane own(std::make_unique<memory_writer>(journal), limits, {},
                        [&](std::string_view line) { logged.append(line) += '\n'; });
  entity_script list("a");
  own.submit(list.append());
  own.submit(list.append());
  own.start(heard);
  ASSERT_TRUE(heard.wait_for_fence());
  own.stop();
  ASSERT_EQ(heard.failures().size(), 1u);
  EXPECT_EQ(heard.failures()[0].why, append_failure::unknown);
  EXPECT_EQ(heard.failures()[0].items.size(), 2u);
  EXPECT_EQ(logged.find("another process"), std::string::npos) << logged;
  EXPECT_EQ(own.counters().fence_rejects.load(), 0u);
  EXPECT_EQ(own.state(), lane_state::failing);
}

TEST_F(Lane, AFenceEndsItAndAnswersEverything) {
  journal.next = {commit_status::fenced};
  entity_script list("a");
  submit(list.append());
  submit(list.append());
  start();
  ASSERT_TRUE(heard.wait_for_fence());
  submit(list.append());
  ASSERT_TRUE(settled());
  lane.stop();
  EXPECT_TRUE(heard.items().empty());
  EXPECT_EQ(journal.seqs.size(), 0u);
}

TEST_F(Lane, RefusesReservationsWhileTooMuchWaitsWithoutOne) {
  lane_limits tight;
  tight.unreserved_items = 2;
  group_commit_lane narrow(std::make_unique<memory_writer>(journal), tight, {}, {});
  entity_script list("a");
  narrow.submit(list.append());
  EXPECT_TRUE(narrow.reserve(10));
  narrow.release(10);
  narrow.submit(list.append());
  EXPECT_FALSE(narrow.reserve(10));
}

}  // namespace
}  // namespace callboard
