#pragma once

#include "persistence/sqlite/connection.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace callboard::sqlite {

/// Read connections to one file, lent to one thread at a time.
class reader_pool {
 public:
  static result<std::unique_ptr<reader_pool>> open(const std::string& path, unsigned count) {
    auto pool = std::make_unique<reader_pool>();
    for (unsigned i = 0; i < std::max(count, 1u); ++i) {
      auto db = connection::open(path, open_mode::read_write);
      if (!db)
        return db.error();
      if (auto set = db->run("pragma query_only = on; pragma cache_size = -8000; pragma wal_autocheckpoint = 0"); !set)
        return set.error();
      pool->free_.push_back(std::move(*db));
    }
    return pool;
  }

  /// A connection for as long as the loan lives; waits until one is free.
  class loan {
   public:
    explicit loan(reader_pool& pool) : pool_(pool), db_(pool.take()) {}
    ~loan() { pool_.give_back(std::move(db_)); }
    loan(const loan&) = delete;
    connection& operator*() noexcept { return db_; }
    connection* operator->() noexcept { return &db_; }

   private:
    reader_pool& pool_;
    connection db_;
  };

 private:
  connection take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    auto db = std::move(free_.back());
    free_.pop_back();
    return db;
  }
  void give_back(connection db) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(db));
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<connection> free_;
};

}  // namespace callboard::sqlite
