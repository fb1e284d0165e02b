#include "persistence/sqlite/connection.hpp"
#include "tests/contract/store_fixture.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace callboard {
namespace {

class SqliteStore : public contract::store_contract {
 protected:
  std::string directory() { return home->settings().url.substr(7); }
  std::string text(const std::string& sql) {
    auto db = sqlite::connection::open(directory() + "/callboard.db", sqlite::open_mode::read_write);
    auto query = db->prepare(sql);
    EXPECT_TRUE(query) << query.error().detail;
    query->step();
    return std::string(query->text(0));
  }
};

TEST_P(SqliteStore, ViewsShowAuditorsEverythingButSecrets) {
  contract::entity_script account("account-1", store->owner_epoch(), entity_kind::account);
  auto item = account.append("account.created.v12", R"({"name":"A","on":true,"tags":["x"],"o":{"a":1},"_hash":"h"})");
  item.timers = {{"t", 2, contract::at_ms(1'500)}};
  submit(std::move(item));
  contract::entity_script inbox("user-1", store->owner_epoch(), entity_kind::inbox);
  submit(inbox.append("list.deleted.v1", R"({"n":1})"));
  ASSERT_TRUE(settled());
  EXPECT_EQ(text("select payload from callboard_journal where kind = 'account'"),
            R"({"name":"A","on":true,"tags":["x"],"o":{"a":1}})");
  EXPECT_EQ(text("select type from callboard_journal where kind = 'account'"), "account.created");
  EXPECT_EQ(text("select type from callboard_journal where kind = 'user'"), "list.deleted");
  EXPECT_EQ(text("select created_at from callboard_journal where kind = 'account'"), "2023-11-14T22:13:20.001Z");
  EXPECT_EQ(text("select node from callboard_journal"), "node-1");
  EXPECT_EQ(text("select length(command_id) from callboard_journal"), "36");
  EXPECT_EQ(text("select due_at from callboard_timers"), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(text("select count(*) from callboard_shards where node_id = 'node-1' and epoch = 1"), "256");
  EXPECT_EQ(text("select status from callboard_members"), "active");
  EXPECT_EQ(text("select count(*) from callboard_outbox"), "0");
}

TEST_P(SqliteStore, EveryEventIsFoundWhetherItIsIndexedYetOrNot) {
  constexpr int entities = 50, events = 120;  // more rows than may wait for the index
  std::vector<contract::entity_script> lists;
  for (int i = 0; i < entities; ++i)
    lists.emplace_back("list-" + std::to_string(i), store->owner_epoch());
  for (int n = 0; n < events; ++n)
    for (auto& list : lists)
      submit(list.append());
  ASSERT_TRUE(settled());
  const auto indexed = std::stoi(text("select count(*) from journal_index"));
  EXPECT_GT(indexed, 0);
  EXPECT_LT(indexed, entities * events);
  for (const auto& list : lists) {
    const auto page = store->events(list.ref(), 100, 15);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->size(), 15u);
    EXPECT_EQ(page->front()->seq, 101u);
    EXPECT_EQ(page->back()->seq, 115u);
    ASSERT_EQ(store->load(list.ref())->tail.size(), std::size_t{events});
  }
  const auto chain = (*open_maintenance(home->settings()))->verify_chain({});
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(chain->events, std::uint64_t{entities * events});
  EXPECT_FALSE(chain->broken);
}

TEST_P(SqliteStore, ANumberIsTakenOnceWhereverItsRowStands) {
  contract::entity_script first("list-1", store->owner_epoch()), again("list-1", store->owner_epoch());
  submit(first.append());
  ASSERT_TRUE(settled());
  submit(again.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(store->load(first.ref())->tail.size(), 1u);
  reopen();
  submitted = 0;
  EXPECT_EQ(text("select count(*) from journal_index"), "1");
  contract::entity_script late("list-1", store->owner_epoch());
  submit(late.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(store->load(first.ref())->tail.size(), 1u);
}

TEST_P(SqliteStore, ABackupOfARunningStoreCanBeServed) {
  contract::entity_script list("list-1", store->owner_epoch());
  for (int i = 0; i < 20; ++i)
    submit(list.append());
  ASSERT_TRUE(settled());
  auto maintenance = open_maintenance(home->settings());
  ASSERT_TRUE(maintenance);
  const auto copy = directory() + "-copy";
  const auto done = (*maintenance)->backup(copy);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_FALSE((*maintenance)->backup(copy));
  {
    auto settings = home->settings();
    settings.url = "sqlite:" + copy;
    auto restored = open_store(settings);
    ASSERT_TRUE(restored) << restored.error().detail;
    EXPECT_EQ((*restored)->load(list.ref())->tail.size(), 20u);
    EXPECT_EQ((*restored)->stream_epoch(), store->stream_epoch());
  }
}

TEST_P(SqliteStore, LostProjectionsAreFoldedAgain) {
  const auto id = make_uuid_v7();
  contract::entity_script list(to_string(id), store->owner_epoch());
  submit(list.append("list.created.v1", R"({"name":"n"})"));
  ASSERT_TRUE(settled());
  ASSERT_TRUE(folded(id, 1));
  close();
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(directory() + "/callboard-read.db" + suffix);
  open();
  EXPECT_TRUE(folded(id, 1));
}

TEST_P(SqliteStore, FindsTheLastNumbersQuicklyAfterManyEvents) {
  std::vector<contract::entity_script> lists;
  for (int i = 0; i < 500; ++i)
    lists.emplace_back("list-" + std::to_string(i), store->owner_epoch());
  for (int round = 0; round < 60; ++round) {
    for (auto& list : lists)
      submit(list.append());
    ASSERT_TRUE(settled());
  }
  const auto last = heard->items().back().events[0];
  reopen();
  submitted = 0;
  auto next = lists[499].reborn(60, lists[499].link());
  submit(next.append());
  ASSERT_TRUE(settled());
  EXPECT_EQ(heard->items().back().events[0]->nr, last->nr + 1);
}

TEST_P(SqliteStore, ItsFilesAreTheOwnersAlone) {
  for (const char* file : {"/callboard.db", "/callboard-read.db", "/callboard.lock", "/callboard.db-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((directory() + file).c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, SqliteStore, testing::Values(contract::sqlite_factory()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard
