#pragma once

#include "persistence/migrations.hpp"
#include "persistence/store_backend.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callboard {

/// What a check of the chain found.
struct chain_report {
  std::uint64_t events = 0, entities = 0;
  /// The first row that does not fit: `list:<id> seq 7`.
  std::optional<std::string> broken;
};

using progress_callback = std::function<void(std::uint64_t events)>;

/// Work of the command line on a store, beside a running server or without one.
class store_maintenance {
 public:
  virtual ~store_maintenance() = default;
  /// Recomputes every link of the journal.
  virtual result<chain_report> verify_chain(const progress_callback& progress) = 0;
  /// Gives the store a new stream epoch; refuses while a server runs on it.
  virtual result<std::uint64_t> new_epoch() = 0;
  /// Copies the store, consistent and online, into an empty directory that can be served (SQLite only).
  virtual result<void> backup(const std::string& directory) = 0;
};

result<std::unique_ptr<store_maintenance>> open_maintenance(const store_settings& settings);

/// For `migrate`: with `exclusive` it refuses while a server runs on the store.
result<std::unique_ptr<migration_target>> open_migrations(const store_settings& settings, bool exclusive);

/// Refuses where no store was made yet, and makes none.
result<void> require_store(const store_settings& settings);

}  // namespace callboard
