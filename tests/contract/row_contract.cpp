#include "tests/contract/store_fixture.hpp"

namespace callboard::contract {
namespace {

using StoreRows = store_contract;

TEST_P(StoreRows, AnOutcomeIsKeptAndItsDuplicateRefused) {
  entity_script list("list-1", store->owner_epoch());
  auto first = list.append();
  first.outcome = list.outcome(1);
  first.outcome->op_id = uuid{{5}};
  submit(std::move(first));
  ASSERT_TRUE(settled());
  auto again = list.append();
  again.outcome = list.outcome(1);
  submit(std::move(again));
  ASSERT_TRUE(settled());
  ASSERT_EQ(heard->failures().size(), 1u);
  EXPECT_EQ(heard->failures()[0].why, append_failure::duplicate_outcome);
  const auto row = store->find_outcome(list.ref(), uuid{{7}}, {1});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->status, 201);
  EXPECT_EQ((*row)->seq, 1u);
  EXPECT_EQ((*row)->answer, std::string("ans\0wer", 7));
  EXPECT_EQ((*row)->body_hash[0], 9);
  EXPECT_EQ((*row)->op_id, uuid{{5}});
  EXPECT_FALSE(*store->find_outcome(list.ref(), uuid{{8}}, {1}));
  EXPECT_TRUE(*store->find_command(uuid{{7}}, uuid{{5}}));
  EXPECT_FALSE(*store->find_command(uuid{{8}}, uuid{{5}}));
}

TEST_P(StoreRows, EntitiesOfAKindAreListedInPagesOnceEach) {
  for (const auto* id : {"list-b", "list-a", "list-c"}) {
    entity_script list(id, store->owner_epoch());
    submit(list.append());
    submit(list.append());
  }
  ASSERT_TRUE(settled());
  using ids = std::vector<std::string>;
  EXPECT_EQ(*store->entity_ids(entity_kind::list, "", 10), (ids{"list-a", "list-b", "list-c"}));
  EXPECT_EQ(*store->entity_ids(entity_kind::list, "", 2), (ids{"list-a", "list-b"}));
  EXPECT_EQ(*store->entity_ids(entity_kind::list, "list-b", 2), (ids{"list-c"}));
  EXPECT_EQ(*store->entity_ids(entity_kind::inbox, "", 2), ids{});
}

TEST_P(StoreRows, AnOutcomeNeedsNoEvent) {
  entity_script list("list-1", store->owner_epoch());
  auto item = list.place();
  item.outcome = list.outcome(3);
  submit(std::move(item));
  ASSERT_TRUE(settled());
  EXPECT_TRUE(*store->find_outcome(list.ref(), uuid{{7}}, {3}));
}

TEST_P(StoreRows, OldOutcomesArePrunedInBatches) {
  entity_script list("list-1", store->owner_epoch());
  for (std::uint8_t key = 0; key < 10; ++key) {
    auto item = list.place();
    item.outcome = list.outcome(key);
    item.outcome->at = at_ms(1'000 + key);
    submit(std::move(item));
  }
  ASSERT_TRUE(settled());
  EXPECT_EQ(*store->prune_outcomes(at_ms(1'005), 3), 3u);
  EXPECT_EQ(*store->prune_outcomes(at_ms(1'005), 100), 2u);
  EXPECT_FALSE(*store->find_outcome(list.ref(), uuid{{7}}, {4}));
  EXPECT_TRUE(*store->find_outcome(list.ref(), uuid{{7}}, {5}));
}

TEST_P(StoreRows, TimersAreSetMovedCancelledAndFoundWhenDue) {
  entity_script list("list-1", store->owner_epoch()), other("list-2", store->owner_epoch());
  auto item = list.append();
  item.timers = {{"a", 1, at_ms(300)}, {"b", 1, at_ms(100)}, {"c", 1, at_ms(200)}};
  submit(std::move(item));
  auto later = other.append();
  later.timers = {{"a", 4, at_ms(150)}};
  submit(std::move(later));
  auto change = list.append();
  change.timers = {{"a", 2, at_ms(50)}, {"c", 1, std::nullopt}, {"d", 1, at_ms(900)}, {"d", 1, std::nullopt}};
  submit(std::move(change));
  ASSERT_TRUE(settled());
  const auto due = store->timers_due(at_ms(1'000), 10);
  ASSERT_TRUE(due);
  ASSERT_EQ(due->size(), 3u);
  EXPECT_EQ((*due)[0].name, "a");
  EXPECT_EQ((*due)[0].gen, 2u);
  EXPECT_EQ((*due)[1].name, "b");
  EXPECT_EQ((*due)[2].entity, other.ref());
  EXPECT_EQ(store->timers_due(at_ms(100), 10)->size(), 1u);
  EXPECT_EQ(store->timers_due(at_ms(1'000), 2)->size(), 2u);
}

TEST_P(StoreRows, ACancelledTimerGoesOnlyUpToItsGeneration) {
  entity_script list("list-1", store->owner_epoch());
  auto first = list.append();
  for (const char* name : {"newer", "same", "reset", "lowered"})
    first.timers.push_back({name, 3, at_ms(100)});
  submit(std::move(first));
  ASSERT_TRUE(settled());
  auto cancel = list.append();
  cancel.timers = {{"newer", 2, std::nullopt}, {"same", 3, std::nullopt}};
  submit(std::move(cancel));
  auto both = list.append();
  both.timers = {{"reset", 5, at_ms(200)}, {"reset", 4, std::nullopt},
                 {"lowered", 2, at_ms(200)}, {"lowered", 2, std::nullopt}};
  submit(std::move(both));
  ASSERT_TRUE(settled());
  const auto due = store->timers_due(at_ms(1'000), 10);
  ASSERT_TRUE(due);
  ASSERT_EQ(due->size(), 2u);
  EXPECT_EQ((*due)[0].name, "newer");
  EXPECT_EQ((*due)[0].gen, 3u);
  EXPECT_EQ((*due)[1].name, "reset");
  EXPECT_EQ((*due)[1].gen, 5u);
}

TEST_P(StoreRows, OutboxRowsWaitInOrderUntilTheyAreDone) {
  entity_script list("list-1", store->owner_epoch());
  auto item = list.append();
  for (std::uint32_t i = 0; i < 3; ++i) {
    outbox_row row;
    row.source = list.ref();
    row.source_seq = list.seq();
    row.message = {{entity_kind::inbox, "user-1"}, "inbox.tell", R"({"n":)" + std::to_string(i) + "}"};
    row.created_at = at_ms(77);
    item.outbox.push_back(std::move(row));
  }
  submit(std::move(item));
  ASSERT_TRUE(settled());
  const auto pending = store->outbox_pending({}, 10);
  ASSERT_TRUE(pending);
  ASSERT_EQ(pending->size(), 3u);
  EXPECT_EQ((*pending)[1].message.args, R"({"n":1})");
  EXPECT_EQ((*pending)[1].message.to.id, "user-1");
  EXPECT_EQ((*pending)[1].source, list.ref());
  EXPECT_EQ((*pending)[1].source_seq, 1u);
  EXPECT_EQ((*pending)[1].id.nr, 1u);
  EXPECT_EQ((*pending)[1].id, heard->items()[0].outbox[1].id);
  EXPECT_EQ((*pending)[1].created_at, at_ms(77));
  EXPECT_EQ(home->run("select id from callboard_outbox order by id"),
            std::to_string((*pending)[0].id.slice) + ".1.0");
  EXPECT_EQ(store->outbox_pending((*pending)[0].id, 1)->at(0).id, (*pending)[1].id);
  lane_item done;
  done.outbox_done = {(*pending)[0].id, (*pending)[2].id};
  submit(std::move(done));
  ASSERT_TRUE(settled());
  EXPECT_EQ(store->outbox_pending({}, 10)->size(), 1u);
}

TEST_P(StoreRows, WhatOneItemHoldsCommitsTogetherOrNotAtAll) {
  entity_script list("list-1", store->owner_epoch());
  auto first = list.append();
  first.outcome = list.outcome(1);
  submit(std::move(first));
  ASSERT_TRUE(settled());
  auto bad = list.append();
  bad.timers = {{"t", 1, at_ms(5)}};
  bad.outcome = list.outcome(1);
  submit(std::move(bad));
  ASSERT_TRUE(settled());
  EXPECT_TRUE(store->timers_due(at_ms(100), 10)->empty());
  EXPECT_EQ(store->events(list.ref(), 0, 10)->size(), 1u);
}

TEST_P(StoreRows, ANamedValueIsSetOnceAndOutlivesTheProcess) {
  EXPECT_EQ(*store->config_value("jwt_key", ""), "");
  EXPECT_EQ(*store->config_value("jwt_key", "first"), "first");
  EXPECT_EQ(*store->config_value("jwt_key", "second"), "first");
  EXPECT_EQ(*store->config_value("jwt_key", ""), "first");
  reopen();
  EXPECT_EQ(*store->config_value("jwt_key", "third"), "first");
}

TEST_P(StoreRows, AWellStoreAnswersAPing) { EXPECT_TRUE(store->ping()); }

TEST_P(StoreRows, AStoreThatCannotCommitRefusesAPingUntilItCan) {
  entity_script list("list-1", store->owner_epoch());
  home->run("alter table journal rename to journal_away");
  submit(list.append());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (store->ping() && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_FALSE(store->ping());
  home->run("alter table journal_away rename to journal");
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard->items().size(), 1u);
  EXPECT_TRUE(store->ping());
}

TEST_P(StoreRows, AServerThatEndsInOrderHasLeft) {
  EXPECT_EQ(home->run("select status from callboard_members"), "active");
  close();
  EXPECT_EQ(home->run("select status from callboard_members"), "left");
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreRows, testing::ValuesIn(all_factories()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard::contract
