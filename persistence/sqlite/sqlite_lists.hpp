#pragma once

#include "actors/list/list_read_model.hpp"
#include "persistence/sqlite/reader_pool.hpp"
#include "persistence/sqlite/sqlite_reads.hpp"

#include <memory>

namespace callboard::sqlite {

/// Cross-list reads over `callboard-read.db`; the journal tells how far it has come. Any thread.
class sqlite_lists final : public list::read_model {
 public:
  sqlite_lists(std::unique_ptr<reader_pool> pool, sqlite_reads& journal) : pool_(std::move(pool)), journal_(journal) {}

  result<std::vector<list::list_entry>> lists_of(const list::lists_query& query) override;
  result<std::size_t> owned_count(const uuid& user) override;
  result<std::vector<uuid>> locate_task(const uuid& user, const uuid& task_id) override;
  result<bool> folded(const uuid& list, std::uint64_t seq) override;

 private:
  std::unique_ptr<reader_pool> pool_;
  sqlite_reads& journal_;
};

}  // namespace callboard::sqlite
