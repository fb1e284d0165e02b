#include "persistence/maintenance.hpp"
#include "persistence/open_store.hpp"
#include "persistence/sqlite/connection.hpp"
#include "persistence/sqlite/sqlite_migrations.hpp"
#include "tests/contract/store_fixture.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

class Migrations : public testing::Test {
 protected:
  store_settings settings() { return home->settings(); }
  std::string database() { return settings().url.substr(7) + "/callboard.db"; }
  void fill() {
    auto store = open_store(settings());
    ASSERT_TRUE(store) << store.error().detail;
    contract::commit_recorder heard;
    (*store)->start(heard);
    contract::entity_script list("list-1", (*store)->owner_epoch());
    (*store)->lane_of(0).submit(list.append());
    ASSERT_TRUE(heard.wait_for(1));
    (*store)->stop();
  }
  std::unique_ptr<contract::store_home> home = contract::sqlite_factory().make();
};

TEST_F(Migrations, GoUpAndDownAndUpAgain) {
  auto target = open_migrations(settings(), true);
  ASSERT_TRUE(target) << target.error().detail;
  EXPECT_FALSE(check_schema(**target));
  const auto up = migrate_up(**target);
  ASSERT_TRUE(up) << up.error().detail;
  EXPECT_TRUE(std::all_of(up->begin(), up->end(), [](const auto& state) { return state.applied; }));
  EXPECT_TRUE(check_schema(**target));
  const auto down = migrate_down(**target, 0, false);
  ASSERT_TRUE(down) << down.error().detail;
  EXPECT_TRUE(std::none_of(down->begin(), down->end(), [](const auto& state) { return state.applied; }));
  EXPECT_TRUE(migrate_up(**target));
}

TEST_F(Migrations, DownKeepsDataUnlessToldToDestroyIt) {
  fill();
  {
    auto target = open_migrations(settings(), true);
    ASSERT_TRUE(target) << target.error().detail;
    const auto refused = migrate_down(**target, 0, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("journal"), std::string::npos);
    EXPECT_TRUE(check_schema(**target));
    ASSERT_TRUE(migrate_down(**target, 0, true));
    EXPECT_FALSE(check_schema(**target));
  }
  fill();
}

TEST_F(Migrations, AStoreNewerThanTheProgramIsRefused) {
  fill();
  auto db = sqlite::connection::open(database(), sqlite::open_mode::read_write);
  ASSERT_TRUE(db->run("insert into schema_migration values (9999, 'later', 'x', 0)"));
  const auto store = open_store(settings());
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().detail.find("9999"), std::string::npos);
}

TEST_F(Migrations, AChangedScriptIsRefused) {
  fill();
  auto db = sqlite::connection::open(database(), sqlite::open_mode::read_write);
  ASSERT_TRUE(db->run("update schema_migration set checksum = 'x' where version = 1"));
  EXPECT_FALSE(open_store(settings()));
}

TEST_F(Migrations, AreRefusedWhileAServerRuns) {
  const auto store = open_store(settings());
  ASSERT_TRUE(store);
  EXPECT_FALSE(open_migrations(settings(), true));
  auto target = open_migrations(settings(), false);
  ASSERT_TRUE(target);
  EXPECT_TRUE(migration_status(**target));
}

TEST_F(Migrations, AnEmptyStoreIsRefusedWhenMigratingIsOff) {
  auto off = settings();
  off.migrate = false;
  const auto store = open_store(off);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().detail.find("migrate up"), std::string::npos);
}

}  // namespace
}  // namespace callboard
