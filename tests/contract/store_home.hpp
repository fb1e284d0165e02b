#pragma once

#include "persistence/open_store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callboard::contract {

/// A place where one fresh store lives; it may be opened, closed and opened again. Gone with the object.
class store_home {
 public:
  virtual ~store_home() = default;
  virtual store_settings settings() = 0;
  /// Runs one statement beside the store; the first value of its answer.
  virtual std::string run(const std::string& sql) = 0;
};

/// Makes homes of one kind of store.
struct store_factory {
  std::string name;
  std::function<std::unique_ptr<store_home>()> make;
};

/// SQLite in a temporary directory.
store_factory sqlite_factory();
/// PostgreSQL, if the environment names a cluster (PGHOST, PGPORT, …, as pg_virtualenv sets them); else none.
std::vector<store_factory> postgres_factories();

std::vector<store_factory> all_factories();

}  // namespace callboard::contract
