#include "persistence/maintenance.hpp"

#include "persistence/postgres/postgres_store.hpp"
#include "persistence/sqlite/sqlite_maintenance.hpp"
#include "persistence/store_url.hpp"

namespace callboard {

result<std::unique_ptr<store_maintenance>> open_maintenance(const store_settings& settings) {
  switch (kind_of_store(settings.url)) {
    case store_kind::sqlite:
      return open_sqlite_maintenance(settings);
    case store_kind::postgresql:
      return open_postgres_maintenance(settings);
    default:
      return unknown_store();
  }
}

result<std::unique_ptr<migration_target>> open_migrations(const store_settings& settings, bool exclusive) {
  switch (kind_of_store(settings.url)) {
    case store_kind::sqlite:
      return open_sqlite_migrations(settings, exclusive);
    case store_kind::postgresql:
      return open_postgres_migrations(settings, exclusive);
    default:
      return unknown_store();
  }
}

}  // namespace callboard
