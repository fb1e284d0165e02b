#include "tests/contract/store_fixture.hpp"

namespace callboard::contract {
namespace {

using StoreJournal = store_contract;

TEST_P(StoreJournal, CommitsInQueueOrderAndReadsBackWhatWasWritten) {
  entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 50; ++i)
    submit(list.append("task.created.v1", R"({"n":)" + std::to_string(i) + R"(,"s":"Ünï \"q\""})", "part-1"));
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard->items().size(), 50u);
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_EQ(heard->items()[i].events[0]->seq, i + 1);
  const auto events = store->events(list.ref(), 0, 100);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 50u);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto& written = *heard->items()[i].events[0];
    const auto& read = *(*events)[i];
    EXPECT_EQ(read.seq, written.seq);
    EXPECT_EQ(read.nr, i + 1);
    EXPECT_EQ(read.slice, written.slice);
    EXPECT_EQ(read.epoch, store->owner_epoch());
    EXPECT_EQ(read.type, written.type);
    EXPECT_EQ(*read.data, *written.data);
    EXPECT_EQ(read.actor, written.actor);
    EXPECT_EQ(read.actor_id, written.actor_id);
    EXPECT_EQ(read.meta.part_id, "part-1");
    EXPECT_EQ(read.meta.op_id, written.meta.op_id);
    EXPECT_EQ(read.at, written.at);
    EXPECT_EQ(read.link, written.link);
  }
  store->stop();
  EXPECT_EQ(list.owner()->in_flight.load(), 0u);
}

TEST_P(StoreJournal, CommitsWhatWaitsInFewBatches) {
  std::vector<entity_script> lists;
  for (int i = 0; i < 100; ++i)
    lists.emplace_back("list-" + std::to_string(i), store->owner_epoch());
  for (int round = 0; round < 30; ++round)
    for (auto& list : lists)
      submit(list.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard->items().size(), 3'000u);
  EXPECT_LT(heard->batches(), 1'000u);
}

TEST_P(StoreJournal, PagesEventsAfterAPosition) {
  entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 10; ++i)
    submit(list.append());
  ASSERT_TRUE(settled());
  const auto page = store->events(list.ref(), 3, 4);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->size(), 4u);
  EXPECT_EQ(page->front()->seq, 4u);
  EXPECT_EQ(page->back()->seq, 7u);
  EXPECT_TRUE(store->events(list.ref(), 10, 4)->empty());
}

TEST_P(StoreJournal, ASeqConflictBreaksOnlyItsActivation) {
  entity_script list("list-1", store->owner_epoch()), other("list-2", store->owner_epoch());
  submit(list.append());
  ASSERT_TRUE(settled());
  entity_script zombie("list-1", store->owner_epoch());
  submit(zombie.append());
  submit(other.append());
  submit(zombie.append());
  submit(zombie.place());
  submit(other.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard->items().size(), 3u);
  EXPECT_TRUE(zombie.owner()->broken.load());
  EXPECT_FALSE(other.owner()->broken.load());
  std::size_t failed = 0;
  for (const auto& failure : heard->failures()) {
    EXPECT_EQ(failure.why, append_failure::bad_row);
    failed += failure.items.size();
  }
  EXPECT_EQ(failed, 3u);
  EXPECT_EQ(store->events(list.ref(), 0, 10)->size(), 1u);
  EXPECT_EQ(store->events(other.ref(), 0, 10)->size(), 2u);
}

TEST_P(StoreJournal, DroppedRowsLeaveNoHoleInTheNumbersOfASlice) {
  entity_script list("list-1", store->owner_epoch());
  submit(list.append());
  entity_script zombie("list-1", store->owner_epoch());
  submit(zombie.append());
  ASSERT_TRUE(settled());
  auto next = list.reborn(1, list.link());
  submit(next.append());
  ASSERT_TRUE(settled());
  const auto events = store->events(list.ref(), 0, 10);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0]->nr, 1u);
  EXPECT_EQ((*events)[1]->nr, 2u);
}

TEST_P(StoreJournal, GoesOnAfterReopeningWithAHigherOwnerEpoch) {
  entity_script list("list-1", store->owner_epoch());
  submit(list.append());
  submit(list.append());
  ASSERT_TRUE(settled());
  const auto stream_epoch = store->stream_epoch();
  const auto owner_epoch = store->owner_epoch();
  reopen();
  submitted = 0;
  EXPECT_EQ(store->stream_epoch(), stream_epoch);
  EXPECT_GT(store->owner_epoch(), owner_epoch);
  auto next = list.reborn(2, list.link());
  submit(next.append());
  ASSERT_TRUE(settled());
  const auto events = store->events(list.ref(), 0, 10);
  ASSERT_EQ(events->size(), 3u);
  EXPECT_EQ(events->back()->nr, 3u);
}

TEST_P(StoreJournal, LoadsTheNewestSnapshotAndTheEventsAfterIt) {
  entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 5; ++i)
    submit(list.append());
  ASSERT_TRUE(settled());
  snapshot_row snapshot{list.ref(), 3, {1, 2, 3}, at_ms(42), std::string(10'000, 's') + '\0'};
  ASSERT_TRUE(store->put_snapshot(snapshot));
  snapshot.seq = 2;
  snapshot.state = "older";
  ASSERT_TRUE(store->put_snapshot(snapshot));
  const auto loaded = store->load(list.ref());
  ASSERT_TRUE(loaded && loaded->snapshot);
  EXPECT_EQ(loaded->snapshot->seq, 3u);
  EXPECT_EQ(loaded->snapshot->state, std::string(10'000, 's') + '\0');
  EXPECT_EQ(loaded->snapshot->link[2], 3);
  EXPECT_EQ(loaded->snapshot->at, at_ms(42));
  ASSERT_EQ(loaded->tail.size(), 2u);
  EXPECT_EQ(loaded->tail[0]->seq, 4u);
}

TEST_P(StoreJournal, KeepsTheLastSnapshotOfEveryTwoThousandEvents) {
  const entity_script list("list-1", store->owner_epoch()), other("list-2", store->owner_epoch());
  for (const std::uint64_t seq : {500, 1'500, 1'900, 2'100, 3'999, 4'100})
    ASSERT_TRUE(store->put_snapshot({list.ref(), seq, {}, at_ms(42), "at " + std::to_string(seq)}));
  ASSERT_TRUE(store->put_snapshot({other.ref(), 700, {}, at_ms(42), "other"}));
  const auto before = [&](std::uint64_t seq) {
    const auto found = store->snapshot_before(list.ref(), seq);
    EXPECT_TRUE(found);
    return found && *found ? (*found)->seq : 0;
  };
  EXPECT_EQ(before(1'899), 0u);
  EXPECT_EQ(before(1'900), 1'900u);
  EXPECT_EQ(before(3'998), 1'900u);
  EXPECT_EQ(before(4'099), 3'999u);
  EXPECT_EQ(before(~std::uint64_t{0}), 4'100u);
  EXPECT_EQ((*store->snapshot_before(list.ref(), 4'000))->state, "at 3999");
}

TEST_P(StoreJournal, ASnapshotAfterAPurgeLeavesNoOlderOne) {
  const entity_script list("list-1", store->owner_epoch()), other("list-2", store->owner_epoch());
  for (const std::uint64_t seq : {1'900, 3'900, 4'100})
    ASSERT_TRUE(store->put_snapshot({list.ref(), seq, {}, at_ms(42), "secret"}));
  ASSERT_TRUE(store->put_snapshot({other.ref(), 700, {}, at_ms(42), "other"}));
  ASSERT_TRUE(store->put_snapshot({list.ref(), 4'200, {}, at_ms(42), "clean", true}));
  EXPECT_EQ(home->run("select count(*) from snapshot"), "2");
  EXPECT_FALSE(*store->snapshot_before(list.ref(), 4'199));
  EXPECT_EQ((*store->snapshot_before(other.ref(), 4'199))->state, "other");
}

TEST_P(StoreJournal, ASnapshotOfTheSameEventIsReplaced) {
  const entity_script list("list-1", store->owner_epoch());
  ASSERT_TRUE(store->put_snapshot({list.ref(), 3, {}, at_ms(42), "bad"}));
  ASSERT_TRUE(store->put_snapshot({list.ref(), 3, {}, at_ms(43), "good"}));
  EXPECT_EQ((*store->snapshot_before(list.ref(), 3))->state, "good");
}

TEST_P(StoreJournal, AnUnknownEntityLoadsEmpty) {
  const auto loaded = store->load({entity_kind::account, "nobody"});
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->snapshot);
  EXPECT_TRUE(loaded->tail.empty());
}

TEST_P(StoreJournal, TheChainOfEveryEntityHolds) {
  entity_script list("list-1", store->owner_epoch());
  entity_script login("someone@example.org", store->owner_epoch(), entity_kind::login);
  for (int i = 0; i < 20; ++i) {
    submit(list.append());
    submit(login.append("login.reserved.v1", R"({"_secret":1})"));
  }
  ASSERT_TRUE(settled());
  auto maintenance = open_maintenance(home->settings());
  ASSERT_TRUE(maintenance) << maintenance.error().detail;
  const auto report = (*maintenance)->verify_chain({});
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->events, 40u);
  EXPECT_EQ(report->entities, 2u);
  EXPECT_FALSE(report->broken) << *report->broken;
}

TEST_P(StoreJournal, AForgedLinkShowsInTheChain) {
  entity_script list("list-1", store->owner_epoch());
  submit(list.append());
  auto forged = list.append();
  forged.events[0]->data = share(R"({"title":"forged"})");
  submit(std::move(forged));
  ASSERT_TRUE(settled());
  auto maintenance = open_maintenance(home->settings());
  ASSERT_TRUE(maintenance);
  const auto report = (*maintenance)->verify_chain({});
  ASSERT_TRUE(report && report->broken);
  EXPECT_EQ(*report->broken, "list:list-1 seq 2");
}

TEST_P(StoreJournal, ANewEpochNeedsAStoppedServer) {
  const auto before = store->stream_epoch();
  auto maintenance = open_maintenance(home->settings());
  ASSERT_TRUE(maintenance);
  EXPECT_FALSE((*maintenance)->new_epoch());
  close();
  const auto made = (*maintenance)->new_epoch();
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_NE(*made, before);
  open();
  EXPECT_EQ(store->stream_epoch(), *made);
}

TEST_P(StoreJournal, ADamagedSnapshotIsPassedOver) {
  entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 5; ++i)
    submit(list.append());
  ASSERT_TRUE(settled());
  ASSERT_TRUE(store->put_snapshot({list.ref(), 3, {1, 2, 3}, at_ms(42), "state"}));
  home->run("update snapshot set state = link");
  const auto loaded = store->load(list.ref());
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_FALSE(loaded->snapshot);
  EXPECT_EQ(loaded->tail.size(), 5u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreJournal, testing::ValuesIn(all_factories()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard::contract
