#pragma once

#include "actors/base/refusal.hpp"
#include "persistence/postgres/connection_settings.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pqxx {
class transaction_base;
}  // namespace pqxx

namespace callboard::postgres {

struct pqxx_session;

/// A bounded set of libpqxx connections for calls that block. Any thread.
class reader_pool {
 public:
  reader_pool(connection_settings settings, std::size_t size);
  ~reader_pool();

  /// Runs `work` in autocommit mode on a free connection; once more on a new one if the first was broken.
  /// `work` only reads, or writes what may be written twice. Its exceptions become refusals.
  result<void> run(const std::function<result<void>(pqxx::transaction_base&)>& work);

 private:
  std::unique_ptr<pqxx_session> take();
  void give_back(std::unique_ptr<pqxx_session> connection) noexcept;

  const connection_settings settings_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<pqxx_session>> idle_;  // guarded by mutex_
  std::size_t free_places_;                              // guarded by mutex_
};

}  // namespace callboard::postgres
