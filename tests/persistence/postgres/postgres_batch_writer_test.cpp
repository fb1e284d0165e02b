#include "persistence/postgres/postgres_batch_writer.hpp"
#include "persistence/postgres/take_over.hpp"
#include "tests/persistence/postgres/store_fixture.hpp"
#include "tests/persistence/postgres/tcp_proxy.hpp"

namespace callboard::postgres {
namespace {

using namespace callboard::test;
using namespace std::chrono_literals;

class PostgresBatchWriter : public postgres_test {
 protected:
  void SetUp() override {
    postgres_test::SetUp();
    if (IsSkipped())
      return;
    auto target = open_postgres_migrations(settings_for(database->url()), true);
    ASSERT_TRUE(target && migrate_up(**target));
    session = std::move(*pg_connection::open(connection(), "", 5s));
    owner = make_owner("a");
  }

  connection_settings connection(int port = 0) {
    return *connection_settings::parse(database->url(port), "", "n1");
  }
  std::unique_ptr<postgres_batch_writer> writer(int port = 0) {
    const auto t = take_over(*session, "n1", 1);
    return std::make_unique<postgres_batch_writer>(connection(port), t->fences[0], t->last_nrs);
  }
  lane_item item(std::uint64_t seq) {
    auto made = make_item(owner, seq);
    made.events[0]->nr = seq;
    return made;
  }
  static commit_outcome commit(postgres_batch_writer& w, lane_item& one) {
    lane_item* items[] = {&one};
    return w.commit(items);
  }
  static resolution resolve(postgres_batch_writer& w, lane_item& one) {
    lane_item* items[] = {&one};
    return w.resolve(items);
  }
  std::string rows() { return database->run("select count(*) from journal"); }

  std::unique_ptr<pg_connection> session;
  std::shared_ptr<activation> owner;
};

TEST_F(PostgresBatchWriter, AFormerServersBatchIsFencedInAllItsParts) {
  auto old = writer(), now = writer();
  auto one = item(1);
  one.timers = {{"t", 1, wall_now()}};
  one.outbox = {{{one.events[0]->slice, 1, 0}, owner->ref, 1, {owner->ref, "x", "{}"}, 0, wall_now()}};
  one.outcome = outcome_row{make_uuid_v7(), {1}, {}, {2}, 200, 1, "a", wall_now()};
  EXPECT_EQ(commit(*old, one).status, commit_status::fenced);
  EXPECT_EQ(database->run("select (select count(*) from journal) + (select count(*) from timer)"
                          " + (select count(*) from outbox) + (select count(*) from outcome)"), "0");
  EXPECT_EQ(commit(*now, one).status, commit_status::committed);
  EXPECT_EQ(database->run("select (select count(*) from journal) + (select count(*) from timer)"
                          " + (select count(*) from outbox) + (select count(*) from outcome)"), "4");
}

TEST_F(PostgresBatchWriter, ATakeOverWaitsForABatchUnderWay) {
  auto w = writer();
  auto holder = std::move(*pg_connection::open(connection(), "", 5s));
  ASSERT_TRUE(holder->run("begin; select 1 from member_lane where alive for share", 5s).ok());
  EXPECT_FALSE(session->run("set lock_timeout = '200ms'", 5s).status != reply_status::ok);
  EXPECT_FALSE(take_over(*session, "n2", 1));
}

TEST_F(PostgresBatchWriter, ALostAnswerIsResolvedAsCommitted) {
  tcp_proxy proxy(server_port());
  auto w = writer(proxy.port());
  auto first = item(1), second = item(2);
  ASSERT_EQ(commit(*w, first).status, commit_status::committed);
  proxy.lose_next_answer();
  EXPECT_EQ(commit(*w, second).status, commit_status::unknown);
  EXPECT_EQ(proxy.cuts(), 1);
  EXPECT_EQ(resolve(*w, second), resolution::committed);
  EXPECT_EQ(rows(), "2");
}

TEST_F(PostgresBatchWriter, ALostBatchIsResolvedAsNotCommitted) {
  tcp_proxy proxy(server_port());
  auto w = writer(proxy.port());
  auto first = item(1), second = item(2);
  ASSERT_EQ(commit(*w, first).status, commit_status::committed);
  proxy.lose_next_request();
  EXPECT_EQ(commit(*w, second).status, commit_status::unknown);
  EXPECT_EQ(resolve(*w, second), resolution::not_committed);
  EXPECT_EQ(rows(), "1");
  EXPECT_EQ(commit(*w, second).status, commit_status::committed);
  EXPECT_EQ(rows(), "2");
}

TEST_F(PostgresBatchWriter, AResolvedBatchWithoutEventsIsFoundByItsOutcome) {
  tcp_proxy proxy(server_port());
  auto w = writer(proxy.port());
  auto one = item(1);
  ASSERT_EQ(commit(*w, one).status, commit_status::committed);
  one.events.clear();
  one.outcome = outcome_row{make_uuid_v7(), {1}, {}, {2}, 200, 1, "a", wall_now()};
  ASSERT_EQ(commit(*w, one).status, commit_status::committed);
  one.outcome->key_hash = {9};
  proxy.lose_next_answer();
  EXPECT_EQ(commit(*w, one).status, commit_status::unknown);
  EXPECT_EQ(resolve(*w, one), resolution::committed);
}

TEST_F(PostgresBatchWriter, AKilledBackendMakesUnknownAndThenTheTruth) {
  auto w = writer();
  auto first = item(1), second = item(2);
  ASSERT_EQ(commit(*w, first).status, commit_status::committed);
  database->run("select pg_terminate_backend(" + std::to_string(w->backend_pid()) + ", 5000)");
  EXPECT_EQ(commit(*w, second).status, commit_status::unknown);
  EXPECT_EQ(resolve(*w, second), resolution::not_committed);
  EXPECT_EQ(commit(*w, second).status, commit_status::committed);
}

TEST_F(PostgresBatchWriter, ABadRowIsNamed) {
  auto w = writer();
  auto first = item(1);
  ASSERT_EQ(commit(*w, first).status, commit_status::committed);
  auto good = make_item(make_owner("b"), 1), bad = item(1);
  good.events[0]->nr = 7;
  bad.events[0]->nr = 8;
  lane_item* both[] = {&good, &bad};
  const auto outcome = w->commit(both);
  EXPECT_EQ(outcome.status, commit_status::bad_row);
  EXPECT_EQ(outcome.index, 1u);
  EXPECT_FALSE(outcome.duplicate_outcome);
  EXPECT_EQ(rows(), "1");
}

TEST_F(PostgresBatchWriter, ATextThatTheServerCannotStoreIsABadRow) {
  auto w = writer();
  auto one = item(1);
  one.events[0]->data = share(std::string("{\"a\":\"\0\"}", 9));
  EXPECT_EQ(commit(*w, one).status, commit_status::bad_row);
}

TEST_F(PostgresBatchWriter, TheLastOperationOnATimerCounts) {
  auto w = writer();
  auto one = item(1);
  const auto due = timestamp{std::chrono::milliseconds{1'700'000'000'500}};
  one.timers = {{"t", 1, due}, {"t", 2, due}, {"gone", 1, due}, {"gone", 2, {}}};
  ASSERT_EQ(commit(*w, one).status, commit_status::committed);
  EXPECT_EQ(database->run("select string_agg(name || gen, ',') from timer"), "t2");
  EXPECT_EQ(database->run("select due_at = timestamptz '2023-11-14 22:13:20.5+00' from timer"), "t");
}

}  // namespace
}  // namespace callboard::postgres
