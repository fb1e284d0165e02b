#pragma once

#include "persistence/migrations.hpp"
#include "persistence/sqlite/connection.hpp"
#include "persistence/sqlite/instance_lock.hpp"

#include <optional>

namespace callboard::sqlite {

/// The schema of one `callboard.db`.
class sqlite_migration_target final : public migration_target {
 public:
  /// `lock` is held as long as the target lives, if given.
  explicit sqlite_migration_target(connection db, std::optional<instance_lock> lock = {})
      : lock_(std::move(lock)), db_(std::move(db)) {}

  std::span<const migration> known() const override { return sqlite_migrations(); }
  result<std::vector<applied_migration>> applied() override;
  result<void> apply(const migration& step, const applied_migration& row) override;
  result<void> revert(const migration& step) override;
  result<bool> has_rows(const std::string& table) override;

  /// Gives the connection on, once the schema is right.
  connection take() { return std::move(db_); }

 private:
  std::optional<instance_lock> lock_;
  connection db_;
};

}  // namespace callboard::sqlite
