#include "tests/persistence/postgres/store_fixture.hpp"

namespace callboard::test {
namespace {

class PostgresStore : public postgres_test {
 protected:
  std::unique_ptr<store_backend> open(const std::string& node = "n1") {
    auto opened = make_postgres_store(settings_for(database->url(), node));
    EXPECT_TRUE(opened) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  static void submit(store_backend& s, const std::shared_ptr<activation>& owner, std::uint64_t seq) {
    s.lane_of(slice_of(owner->ref)).submit(make_item(owner, seq));
  }
};

TEST_F(PostgresStore, KeepsEventsAndEpochsOverAReopening) {
  const auto owner = make_owner("a");
  std::uint64_t stream_epoch = 0, owner_epoch = 0;
  {
    recording_listener heard;
    const auto s = open();
    s->start(heard);
    for (std::uint64_t seq = 1; seq <= 50; ++seq)
      submit(*s, owner, seq);
    ASSERT_TRUE(heard.wait_for(50));
    stream_epoch = s->stream_epoch();
    owner_epoch = s->owner_epoch();
    s->stop();
  }
  recording_listener heard;
  const auto s = open("n2");
  s->start(heard);
  EXPECT_EQ(s->stream_epoch(), stream_epoch);
  EXPECT_GT(s->owner_epoch(), owner_epoch);
  submit(*s, owner, 51);
  ASSERT_TRUE(heard.wait_for(1));
  const auto events = s->events(owner->ref, 48, 10);
  ASSERT_TRUE(events && events->size() == 3);
  EXPECT_EQ(events->back()->nr, 51u);
  EXPECT_EQ(events->back()->at.time_since_epoch().count(), 1'700'000'000'174);
  s->stop();
}

TEST_F(PostgresStore, ASecondServerIsRefusedAndToldWhoIsThere) {
  const auto s = open("first");
  const auto second = make_postgres_store(settings_for(database->url(), "second"));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("callboard/first"), std::string::npos);
}

TEST_F(PostgresStore, KilledBackendsLoseAndDoubleNothing) {
  recording_listener heard;
  const auto s = open();
  s->start(heard);
  const auto owner = make_owner("a");
  for (std::uint64_t seq = 1; seq <= 600; ++seq) {
    submit(*s, owner, seq);
    if (seq % 200 == 0)
      database->run("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()");
  }
  ASSERT_TRUE(heard.wait_for(600));
  EXPECT_EQ(heard.failures(), 0u);
  EXPECT_EQ(database->run("select count(*) || ' ' || max(seq) from journal"), "600 600");
  EXPECT_EQ(database->run("select count(*) || ' ' || max(nr) from journal"), "600 600");
  s->stop();
}

TEST_F(PostgresStore, SurvivesARestartOfTheServer) {
  recording_listener heard;
  const auto s = open();
  s->start(heard);
  const auto owner = make_owner("a");
  submit(*s, owner, 1);
  ASSERT_TRUE(heard.wait_for(1));
  ASSERT_TRUE(control_server("restart -m immediate"));
  submit(*s, owner, 2);
  ASSERT_TRUE(heard.wait_for(2));
  const auto loaded = s->load(owner->ref);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->tail.size(), 2u);
  EXPECT_TRUE(s->ping());
  s->stop();
}

TEST_F(PostgresStore, APausedServerLosesToTheOneThatTookOver) {
  recording_listener heard, later;
  const auto s = open();
  s->start(heard);
  database->run("update member_lane set fence = fence + 1, alive = false");
  submit(*s, make_owner("a"), 1);
  EXPECT_TRUE(heard.wait_for(0, 0, 1));
  EXPECT_EQ(database->run("select count(*) from journal"), "0");
}

TEST_F(PostgresStore, StartsThatWroteNothingLeaveNoRowsOfTheirShards) {
  recording_listener heard;
  auto s = open("writer");
  s->start(heard);
  auto item = make_item(make_owner("a"), 1);
  item.events[0]->epoch = s->owner_epoch();
  s->lane_of(item.events[0]->slice).submit(std::move(item));
  ASSERT_TRUE(heard.wait_for(1));
  s->stop();
  for (int starts = 0; starts < 4; ++starts) {
    s.reset();
    s = open("later-" + std::to_string(starts));
  }
  EXPECT_EQ(database->run("select count(*) from shard_epoch"), "257");
  EXPECT_EQ(database->run("select node from callboard_journal"), "writer");
}

TEST_F(PostgresStore, ServersLongGoneAreForgotten) {
  { const auto s = open("first"); }
  database->run("insert into member select 'old-' || n, -n, 'dead', '', 0, '', now() from generate_series(200, 400) n;"
                "insert into member_lane select node_id, incarnation, 0, 1, false from member where status = 'dead'");
  const auto s = open("second");
  EXPECT_EQ(database->run("select string_agg(node_id || ' ' || status, ', ' order by node_id) from member"),
            "first dead, second active");
  EXPECT_EQ(database->run("select count(*) from member_lane where incarnation < 0"), "0");
}

TEST_F(PostgresStore, AStoreThatIsAwayIsNoContact) {
  recording_listener heard;
  const auto s = open();
  s->start(heard);
  ASSERT_TRUE(s->ping());
  const auto seen = s->last_contact();
  ASSERT_TRUE(control_server("stop -m immediate"));
  EXPECT_FALSE(s->ping());
  EXPECT_EQ(s->last_contact(), seen);
  ASSERT_TRUE(control_server("start"));
  EXPECT_TRUE(s->ping());
  EXPECT_GT(s->last_contact(), seen);
  s->stop();
}

TEST_F(PostgresStore, AStoreThatAnotherTookIsNoContact) {
  const auto s = open();
  const auto seen = s->last_contact();
  database->run("update member_lane set fence = fence + 1, alive = false");
  EXPECT_FALSE(s->ping());
  EXPECT_EQ(s->last_contact(), seen);
}

TEST_F(PostgresStore, UnsafeServerSettingsAreTold) {
  const auto s = open();
  const auto off = database->run("show fsync") == "off";
  EXPECT_EQ(!s->warnings().empty(), off);
  if (off) {
    EXPECT_TRUE(s->warnings()[0].starts_with("durability: unsafe"));
  }
}

TEST_F(PostgresStore, ViewsHideSecretsAndNameTheNode) {
  recording_listener heard;
  const auto s = open("node-a");
  s->start(heard);
  auto item = make_item(make_owner("a"), 1);
  item.events[0]->data = share(R"({"name":"x","_hash":"secret"})");
  item.events[0]->epoch = s->owner_epoch();
  item.events[0]->meta.op_id = make_uuid_v7();
  s->lane_of(item.events[0]->slice).submit(std::move(item));
  ASSERT_TRUE(heard.wait_for(1));
  EXPECT_EQ(database->run("select kind || ' ' || type || ' ' || payload || ' ' || node from callboard_journal"),
            R"(session thing.changed {"name": "x"} node-a)");
  EXPECT_EQ(database->run("select count(command_id) from callboard_journal"), "1");
  EXPECT_EQ(database->run("select node_id || ' ' || status from callboard_members"), "node-a active");
  EXPECT_EQ(database->run("select count(*) from callboard_shards"), "256");
  s->stop();
}

TEST_F(PostgresStore, MigrationsGoDownAndUpAgain) {
  { const auto s = open(); }
  const auto target = open_postgres_migrations(settings_for(database->url()), true);
  ASSERT_TRUE(target);
  EXPECT_FALSE(migrate_down(**target, 0, false));
  ASSERT_TRUE(migrate_down(**target, 0, true));
  EXPECT_EQ(database->run("select count(*) from pg_tables where schemaname = 'public'"), "1");
  EXPECT_TRUE(migrate_up(**target));
}

TEST_F(PostgresStore, TheOwnersAddressBringsTheSchemaForARoleWithoutDdl) {
  const auto role = "role_" + to_string(make_uuid_v7()).substr(28);
  database->run("create role " + role + " login password 'word';"
                "alter default privileges grant all on tables to " + role + ";"
                "alter default privileges grant all on sequences to " + role);
  auto settings = settings_for(database->url());
  settings.migrate_url = settings.url;
  settings.url.replace(13, settings.url.rfind('@') - 13, role + ":word");
  auto alone = settings;
  alone.migrate_url.clear();
  EXPECT_FALSE(make_postgres_store(alone));
  {
    const auto opened = make_postgres_store(settings);
    ASSERT_TRUE(opened) << opened.error().detail;
    recording_listener heard;
    (*opened)->start(heard);
    submit(**opened, make_owner("a"), 1);
    EXPECT_TRUE(heard.wait_for(1));
    (*opened)->stop();
  }
  EXPECT_EQ(database->run("select tableowner <> '" + role + "' from pg_tables where tablename = 'journal'"), "t");
  database->run("drop owned by " + role + "; drop role " + role);
}

TEST_F(PostgresStore, ANewEpochWaitsUntilNoServerRuns) {
  auto s = open();
  const auto before = s->stream_epoch();
  const auto tools = open_postgres_maintenance(settings_for(database->url()));
  EXPECT_FALSE((*tools)->new_epoch());
  s.reset();
  const auto fresh = (*tools)->new_epoch();
  ASSERT_TRUE(fresh);
  EXPECT_NE(*fresh, before);
  EXPECT_EQ(open()->stream_epoch(), *fresh);
}

}  // namespace
}  // namespace callboard::test
