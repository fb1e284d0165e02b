#pragma once

#include "persistence/maintenance.hpp"
#include "persistence/migrations.hpp"
#include "persistence/store_backend.hpp"

namespace callboard {

/// Opens `postgresql://…`; waits up to 10 s for another server to let go of it.
result<std::unique_ptr<store_backend>> make_postgres_store(const store_settings& settings);

/// For persistence/maintenance.cpp: work on a store that this process does not serve.
result<std::unique_ptr<migration_target>> open_postgres_migrations(const store_settings& settings, bool exclusive);
result<std::unique_ptr<store_maintenance>> open_postgres_maintenance(const store_settings& settings);

}  // namespace callboard
