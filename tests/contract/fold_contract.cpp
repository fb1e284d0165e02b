#include "tests/contract/store_fixture.hpp"

#include <future>

namespace callboard::contract {
namespace {

uuid id_of(std::uint8_t n) { return uuid{{0x01, 0x93, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}}; }

const uuid list_id = id_of(1), owner_id = id_of(2), viewer_id = id_of(3), task_id = id_of(4), child_id = id_of(5);

std::string quoted(const uuid& id) { return "\"" + to_string(id) + "\""; }

class StoreFold : public store_contract {
 protected:
  void SetUp() override {
    store_contract::SetUp();
    script.emplace(to_string(list_id), store->owner_epoch());
  }

  void tell(std::string type, std::string data, const uuid& part = {}) {
    submit(script->append(std::move(type), std::move(data), part ? to_string(part) : ""));
  }
  void make_list() {
    tell("list.created.v1", R"({"id":)" + quoted(list_id) +
                              R"(,"name":"Straße","archived_at":null,"deleted_at":null,)"
                              R"("created_at":"2026-11-20T20:00:00.000Z"})");
    tell("member.added.v1", R"({"user_id":)" + quoted(owner_id) + R"(,"role":"owner"})", owner_id);
    tell("member.added.v1", R"({"user_id":)" + quoted(viewer_id) + R"(,"role":"viewer"})", viewer_id);
  }
  void make_task(const uuid& id) {
    tell("task.created.v1", R"({"id":)" + quoted(id) + R"(,"list_id":)" + quoted(list_id) +
                              R"(,"number":1,"title":"Milk","status":"pending","priority":"high","position":"a0",)"
                              R"("section_id":null,"parent_id":null,"due_at":null,"deleted_at":null,)"
                              R"("created_at":"2026-11-20T20:00:00.000Z"})", id);
  }
  void all_folded() {
    ASSERT_TRUE(settled());
    ASSERT_TRUE(folded(list_id, script->seq()));
  }
  std::size_t lists_of(const uuid& user, std::string name = {}, std::optional<bool> archived = false) {
    list::lists_query query;
    query.member = user;
    query.name_contains = std::move(name);
    query.archived = archived;
    const auto found = store->lists().lists_of(query);
    EXPECT_TRUE(found) << found.error().detail;
    return found ? found->size() : 0;
  }
  std::size_t places_of(const uuid& user, const uuid& task) {
    const auto found = store->lists().locate_task(user, task);
    EXPECT_TRUE(found) << found.error().detail;
    return found ? found->size() : 0;
  }

  std::optional<entity_script> script;
};

TEST_P(StoreFold, FindsTheListsOfEachMember) {
  make_list();
  all_folded();
  EXPECT_EQ(lists_of(owner_id), 1u);
  EXPECT_EQ(lists_of(viewer_id), 1u);
  EXPECT_EQ(lists_of(task_id), 0u);
  EXPECT_EQ(lists_of(owner_id, "STRASSE"), 1u);
  EXPECT_EQ(lists_of(owner_id, "nothing"), 0u);
  EXPECT_EQ(*store->lists().owned_count(owner_id), 1u);
  EXPECT_EQ(*store->lists().owned_count(viewer_id), 0u);
}

TEST_P(StoreFold, FollowsRenamingArchivingRemovalAndDeletion) {
  make_list();
  tell("list.updated.v1", R"({"name":"Home"})");
  tell("list.archived.v1", R"({"archived_at":"2026-11-21T20:00:00.000Z"})");
  tell("member.removed.v1", R"({"user_id":)" + quoted(viewer_id) + R"(,"tasks":[]})", viewer_id);
  all_folded();
  EXPECT_EQ(lists_of(owner_id, "home", true), 1u);
  EXPECT_EQ(lists_of(owner_id, "home", false), 0u);
  EXPECT_EQ(lists_of(viewer_id, {}, std::nullopt), 0u);
  tell("list.deleted.v1", R"({"deleted_at":"2026-11-21T21:00:00.000Z"})");
  all_folded();
  EXPECT_EQ(lists_of(owner_id, {}, std::nullopt), 0u);
  EXPECT_EQ(*store->lists().owned_count(owner_id), 0u);
  tell("list.restored.v1", R"({"name":"Home","archived_at":null,"deleted_at":null})");
  all_folded();
  EXPECT_EQ(lists_of(owner_id, "home"), 1u);
}

TEST_P(StoreFold, LocatesATaskUntilItIsPurgedOrMovesAway) {
  make_list();
  make_task(task_id);
  make_task(child_id);
  all_folded();
  EXPECT_EQ(places_of(owner_id, task_id), 1u);
  EXPECT_EQ(places_of(id_of(9), task_id), 0u);
  tell("task.deleted.v1", R"({"deleted_at":"2026-11-21T20:00:00.000Z","tasks":[)" + quoted(task_id) + "]}", task_id);
  all_folded();
  EXPECT_EQ(places_of(owner_id, task_id), 1u);
  tell("task.purged.v1", "{}", task_id);
  tell("task.moved.v1", R"({"list_id":)" + quoted(id_of(8)) + "}", child_id);
  all_folded();
  EXPECT_EQ(places_of(owner_id, task_id), 0u);
  EXPECT_EQ(places_of(owner_id, child_id), 0u);
}

TEST_P(StoreFold, APurgedListLeavesNothing) {
  make_list();
  make_task(task_id);
  all_folded();
  tell("list.purged.v1", "{}");
  all_folded();
  EXPECT_EQ(lists_of(owner_id, {}, std::nullopt), 0u);
  // One who sees the list again, whatever that may mean, does not find the task in it.
  tell("member.added.v1", R"({"user_id":)" + quoted(owner_id) + R"(,"role":"owner"})", owner_id);
  all_folded();
  EXPECT_EQ(places_of(owner_id, task_id), 0u);
}

TEST_P(StoreFold, OnlyWhatIsWrittenAndFoldedCountsAsFolded) {
  make_list();
  all_folded();
  EXPECT_TRUE(*store->lists().folded(list_id, 1));
  EXPECT_TRUE(*store->lists().folded(id_of(9), 0));
  EXPECT_FALSE(*store->lists().folded(list_id, script->seq() + 1));
  EXPECT_FALSE(*store->lists().folded(id_of(9), 1));
}

TEST_P(StoreFold, PagesListsInBothDirections) {
  std::vector<uuid> ids;
  for (std::uint8_t n = 20; n < 25; ++n) {
    ids.push_back(id_of(n));
    entity_script one(to_string(ids.back()), store->owner_epoch());
    submit(one.append("list.created.v1", R"({"name":"n","created_at":"2026-11-20T20:00:0)" + std::to_string(n % 5) +
                                           R"(.000Z"})"));
    submit(one.append("member.added.v1", R"({"user_id":)" + quoted(owner_id) + R"(,"role":"owner"})"));
  }
  ASSERT_TRUE(settled());
  for (const auto& id : ids)
    ASSERT_TRUE(folded(id, 2));
  list::lists_query query;
  query.member = owner_id;
  query.limit = 2;
  auto page = store->lists().lists_of(query);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[1].id, ids[1]);
  query.after = {page->back().created_at, page->back().id};
  EXPECT_EQ(store->lists().lists_of(query)->front().id, ids[2]);
  query.descending = true;
  EXPECT_EQ(store->lists().lists_of(query)->front().id, ids[0]);
}

TEST_P(StoreFold, ARebuildEndsWhereTheFoldWas) {
  make_list();
  make_task(task_id);
  for (int i = 0; i < 100; ++i)
    tell("task.updated.v1", R"({"title":"t)" + std::to_string(i) + R"("})", task_id);
  all_folded();
  const auto folded_events = store->rebuild_projections({});
  ASSERT_TRUE(folded_events) << folded_events.error().detail;
  EXPECT_EQ(*folded_events, script->seq());
  EXPECT_EQ(lists_of(owner_id), 1u);
  EXPECT_EQ(places_of(owner_id, task_id), 1u);
  EXPECT_TRUE(*store->lists().folded(list_id, script->seq()));
}

TEST_P(StoreFold, ARebuildBesideWritesHasThemAll) {
  make_list();
  make_task(task_id);
  all_folded();
  auto rebuilt = std::async(std::launch::async, [this] { return store->rebuild_projections({}); });
  for (int i = 0; i < 300; ++i)
    tell("task.updated.v1", R"({"title":"t)" + std::to_string(i) + R"("})", task_id);
  make_task(child_id);
  const auto done = rebuilt.get();
  ASSERT_TRUE(done) << done.error().detail;
  all_folded();
  EXPECT_EQ(lists_of(owner_id), 1u);
  EXPECT_EQ(places_of(owner_id, task_id), 1u);
  EXPECT_EQ(places_of(owner_id, child_id), 1u);
}

TEST_P(StoreFold, GoesOnFromItsCheckpointAfterAReopening) {
  make_list();
  all_folded();
  reopen();
  submitted = 0;
  script = script->reborn(script->seq(), script->link());
  make_task(task_id);
  all_folded();
  EXPECT_EQ(places_of(owner_id, task_id), 1u);
  EXPECT_EQ(lists_of(owner_id), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreFold, testing::ValuesIn(all_factories()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard::contract
