#pragma once

#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// One numbered pair of scripts, embedded from persistence/migrations/<store>/.
/// A first line `-- loses: a, b` in a down script names the tables whose rows it throws away.
struct migration {
  unsigned version = 0;
  std::string_view name, up, down;
};

std::span<const migration> sqlite_migrations() noexcept;
std::span<const migration> postgres_migrations() noexcept;

struct applied_migration {
  unsigned version = 0;
  std::string name, checksum;
  timestamp applied_at{};
};

/// A store whose schema can be changed. Table schema_migration(version, name, checksum, applied_at).
class migration_target {
 public:
  virtual ~migration_target() = default;
  virtual std::span<const migration> known() const = 0;
  /// In order of version; none when the table does not exist.
  virtual result<std::vector<applied_migration>> applied() = 0;
  /// The script and its row in one transaction, under a lock.
  virtual result<void> apply(const migration& step, const applied_migration& row) = 0;
  virtual result<void> revert(const migration& step) = 0;
  virtual result<bool> has_rows(const std::string& table) = 0;
};

struct migration_state {
  unsigned version = 0;
  std::string name;
  bool applied = false;
  timestamp applied_at{};
};

/// Applies what is missing, at most `steps_max` of it; refuses a store that is newer than this program or whose past
/// scripts differ.
result<std::vector<migration_state>> migrate_up(migration_target& target, std::size_t steps_max = SIZE_MAX);
/// Takes back everything above `to_version`; what would lose rows needs `destroy_data`.
result<std::vector<migration_state>> migrate_down(migration_target& target, unsigned to_version, bool destroy_data);
result<std::vector<migration_state>> migration_status(migration_target& target);
/// Refuses unless the schema is exactly what this program knows.
result<void> check_schema(migration_target& target);

/// SHA-256 in hex over both scripts.
std::string checksum_of(const migration& step);

}  // namespace callboard
