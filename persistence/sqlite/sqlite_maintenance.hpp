#pragma once

#include "persistence/maintenance.hpp"

namespace callboard {

result<std::unique_ptr<store_maintenance>> open_sqlite_maintenance(const store_settings& settings);
result<std::unique_ptr<migration_target>> open_sqlite_migrations(const store_settings& settings, bool exclusive);

}  // namespace callboard
