#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

using StreamsTest = RuntimeTest;

TEST_F(StreamsTest, ASubscriberSeesEveryLaterEventOnceAndInOrder) {
  ASSERT_TRUE(given_a_list());
  const auto before = create_task();
  subscribe(1);
  ASSERT_TRUE(waits(2));
  const auto after = create_task();
  ASSERT_TRUE(settled({before, after, create_task()}));
  ASSERT_TRUE(eventually([&] { return stream.event_seqs().size() == 2; }));
  ASSERT_TRUE(stream.started(1));
  EXPECT_EQ(stream.started(1)->seq, first + 1);
  EXPECT_EQ(stream.event_seqs(), (std::vector<std::uint64_t>{first + 2, first + 3}));
}

TEST_F(StreamsTest, NothingIsShownBeforeItsCommit) {
  ASSERT_TRUE(given_a_list());
  subscribe(1);
  ASSERT_TRUE(waits(1));
  journal.commit();
  ASSERT_TRUE(eventually([&] { return stream.started(1).has_value(); }));
  create_task();
  ASSERT_TRUE(waits(1));
  EXPECT_TRUE(stream.event_seqs().empty());
  journal.commit();
  EXPECT_TRUE(eventually([&] { return stream.event_seqs().size() == 1; }));
}

TEST_F(StreamsTest, AStrangerIsRefused) {
  ASSERT_TRUE(given_a_list());
  node->subscribe({list, user(make_uuid_v7()), &stream, 5, {}, snapshot_wish::automatic,
                   std::chrono::steady_clock::now() + std::chrono::seconds(30)});
  ASSERT_TRUE(waits(1));
  journal.commit();
  ASSERT_TRUE(eventually([&] { return stream.started(5).has_value(); }));
  EXPECT_EQ(stream.started(5)->problem->code, problem_code::not_found);
}

TEST_F(StreamsTest, ASnapshotStandsAtItsPosition) {
  ASSERT_TRUE(given_a_list());
  ASSERT_TRUE(settled({create_task()}));
  subscribe(1, {}, snapshot_wish::automatic);
  ASSERT_TRUE(waits(1));
  journal.commit();
  ASSERT_TRUE(eventually([&] { return stream.started(1).has_value(); }));
  EXPECT_EQ(stream.started(1)->mode, stream_started::start_mode::snapshot);
  ASSERT_TRUE(stream.started(1)->parts);
  EXPECT_EQ(stream.started(1)->seq, first + 1);
}

TEST_F(StreamsTest, AResumeIsServedFromTheJournalAndThenFromTheRing) {
  ASSERT_TRUE(given_a_list());
  ASSERT_TRUE(settled({create_task(), create_task()}));
  subscribe(1, position{77, first});
  ASSERT_TRUE(waits(1));
  journal.commit();
  ASSERT_TRUE(eventually([&] { return stream.started(1).has_value(); }));
  EXPECT_EQ(stream.started(1)->mode, stream_started::start_mode::replay);
  EXPECT_TRUE(stream.started(1)->recovered);
  const auto page_of = [&](std::uint64_t token) {
    std::vector<std::uint64_t> found;
    for (auto& one : stream.all())
      if (auto* page = std::get_if<stream_page>(&one); page && page->token == token)
        for (auto& item : page->items)
          found.push_back(item.event->seq);
    return found;
  };
  node->catch_up(&stream, list, 1, first, 10);
  ASSERT_TRUE(eventually([&] { return page_of(1).size() == 2; }));
  EXPECT_EQ(page_of(1), (std::vector<std::uint64_t>{first + 1, first + 2}));
  ASSERT_TRUE(settled({create_task()}));
  node->catch_up(&stream, list, 2, first + 2, 10);
  ASSERT_TRUE(eventually([&] { return page_of(2).size() == 1; }));
}

TEST_F(StreamsTest, AnotherEpochIsNeverReplayed) {
  ASSERT_TRUE(given_a_list());
  subscribe(1, position{78, 1}, snapshot_wish::automatic);
  ASSERT_TRUE(waits(1));
  journal.commit();
  ASSERT_TRUE(eventually([&] { return stream.started(1).has_value(); }));
  EXPECT_EQ(stream.started(1)->mode, stream_started::start_mode::snapshot);
}

TEST_F(StreamsTest, ARemovedMemberIsToldAndSeesNothingLater) {
  const auto guest = make_uuid_v7();
  ASSERT_TRUE(given_a_list());
  ASSERT_TRUE(settled({tell(command(list, "member.add", {{"user_id", to_string(guest)},
                                                                        {"name", "Bob"},
                                                                        {"role", "viewer"}}))}));
  stream_probe guests;
  node->subscribe({list, user(guest), &guests, 9, {}, snapshot_wish::never,
                   std::chrono::steady_clock::now() + std::chrono::seconds(30)});
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return guests.started(9).has_value();
  }));
  ASSERT_TRUE(settled({tell(command(list, "member.remove", {{"id", to_string(guest)}})), create_task()}));
  ASSERT_TRUE(eventually([&] {
    const auto all = guests.all();
    return !all.empty() && std::holds_alternative<stream_ended>(all.back());
  }));
  EXPECT_TRUE(eventually([&] {
    journal.commit();
    return journal.queued() == 0 && journal.outbox_count() == 0;
  }));
  EXPECT_TRUE(std::holds_alternative<stream_ended>(guests.all().back()));
}

TEST_F(StreamsTest, WhatPassivatesComesBackAsItWasAndSubscribersStay) {
  runtime::runtime_settings settings;
  settings.idle_timeout = std::chrono::milliseconds(1);
  restart(settings);
  ASSERT_TRUE(given_a_list());
  subscribe(1);
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return stream.started(1).has_value();
  }));
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return node->inspect().find(list) == nullptr;
  }));
  const auto task = create_task();
  ASSERT_TRUE(settled({task}));
  EXPECT_EQ(answers.get(task)->seq, first + 1);
  EXPECT_TRUE(eventually([&] { return stream.event_seqs() == std::vector<std::uint64_t>{first + 1}; }));
}

TEST_F(StreamsTest, WhatWasNeverMadeIsLetGoSoon) {
  ASSERT_TRUE(given_a_list());
  auto names_nothing = command({entity_kind::list, to_string(make_uuid_v7())}, "list.archive", {});
  const auto made_up = names_nothing->to;
  const auto asked = tell(std::move(names_nothing));
  ASSERT_TRUE(settled({asked}));
  EXPECT_EQ(answers.get(asked)->problem->code, problem_code::not_found);
  EXPECT_TRUE(eventually([&] { return node->inspect().find(made_up) == nullptr; }));
  EXPECT_NE(node->inspect().find(list), nullptr) << "what has a history stays for its idle time";
}

TEST_F(StreamsTest, NoMoreThanTheBoundStayInMemory) {
  runtime::runtime_settings settings;
  settings.resident_max = 10;
  restart(settings);
  for (int i = 0; i < 2'000; ++i) {
    const entity_ref other{entity_kind::list, to_string(make_uuid_v7())};
    const auto made = tell(command(other, "list.create", {{"id", other.id}, {"name", "L"}, {"owner_name", "Ann"}}));
    ASSERT_TRUE(settled({made}));
  }
  // The bound is kept shard by shard: each may hold the one it is using.
  EXPECT_LE(node->inspect().resident(), 10u + shard_count * 2);
}

TEST_F(StreamsTest, SharingAListTellsTheOtherUserThroughTheOutbox) {
  const auto guest = make_uuid_v7();
  ASSERT_TRUE(given_a_list());
  ASSERT_TRUE(settled({tell(command(list, "member.add", {{"user_id", to_string(guest)},
                                                                        {"name", "Bob"},
                                                                        {"role", "editor"}}))}));
  const entity_ref inbox{entity_kind::inbox, to_string(guest)};
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return journal.log(inbox).size() == 1 && journal.outbox_count() == 0;
  }));
  EXPECT_EQ(journal.log(inbox).front()->type, "member.added.v1");
}

TEST_F(StreamsTest, ATimerThatNobodyWaitsForGoesAway) {
  journal.add_timer({list, "purge:list", 4, wall_now()});
  ASSERT_TRUE(given_a_list());
  restart();
  EXPECT_TRUE(eventually([&] {
    journal.commit();
    return journal.timer_count() == 0;
  }));
}

}  // namespace
}  // namespace callboard::test
