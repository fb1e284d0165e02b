#include "persistence/sqlite/sqlite_batch_writer.hpp"

#include "persistence/sqlite/sqlite_reads.hpp"
#include "tests/contract/store_fixture.hpp"

#include <sqlite3.h>

namespace callboard::sqlite {
namespace {

/// The writer and the readers of a store by themselves, without the lane's thread.
class SqliteBatchWriter : public contract::store_contract {
 protected:
  void SetUp() override {
    contract::store_contract::SetUp();
    close();
    auto made = sqlite_batch_writer::make(database());
    ASSERT_TRUE(made) << made.error().detail;
    writer = std::move(*made);
    sqlite3_busy_timeout(writer->database().raw(), 0);
  }

  connection database() { return *connection::open(file(), open_mode::read_write); }
  std::string file() { return home->settings().url.substr(7) + "/callboard.db"; }
  sqlite_reads reads(std::shared_ptr<const journal_tail> tail) { return {*reader_pool::open(file(), 1), std::move(tail)}; }

  commit_status commit(lane_item item) {
    for (auto& event : item.events)
      event->nr = ++nr;
    lane_item* const batch[] = {&item};
    return writer->commit(batch).status;
  }

  std::unique_ptr<sqlite_batch_writer> writer;
  std::uint64_t nr = 0;
};

TEST_P(SqliteBatchWriter, ABatchThatCannotBeginTakesNothingBackOfTheOneBefore) {
  contract::entity_script list("list-1");
  ASSERT_EQ(commit(list.append()), commit_status::committed);
  auto busy = database();
  ASSERT_TRUE(busy.run("begin immediate"));
  auto next = list.append();
  EXPECT_EQ(commit(std::move(next)), commit_status::unavailable);
  ASSERT_TRUE(busy.run("rollback"));
  EXPECT_EQ(reads(writer->tail()).events(list.ref(), 0, 10)->size(), 1u);
  contract::entity_script again("list-1");
  EXPECT_EQ(commit(again.append()), commit_status::bad_row);
}

TEST_P(SqliteBatchWriter, AReaderStopsAtARowThatIsNotCommittedYet) {
  contract::entity_script list("list-1"), other("list-2");
  ASSERT_EQ(commit(list.append()), commit_status::committed);
  ASSERT_EQ(commit(list.append()), commit_status::committed);
  ASSERT_EQ(commit(other.append()), commit_status::committed);
  const auto ref = std::make_shared<const entity_ref>(list.ref());
  const auto events_of = [&](std::vector<journal_tail::row> rows) {
    auto tail = std::make_shared<journal_tail>();
    for (const auto& row : rows)
      tail->add(ref, row);
    return reads(tail).events(list.ref(), 0, 10);
  };
  EXPECT_EQ(events_of({{1, 1}, {2, 2}})->size(), 2u);
  EXPECT_EQ(events_of({{1, 99}, {2, 2}})->size(), 0u);
  // A place that another row took after the first one's batch was rolled back.
  EXPECT_EQ(events_of({{1, 1}, {2, 3}})->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, SqliteBatchWriter, testing::Values(contract::sqlite_factory()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace callboard::sqlite
