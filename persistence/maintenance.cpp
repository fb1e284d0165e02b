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

result<void> require_store(const store_settings& settings) {
  auto target = open_migrations(settings, false);
  if (!target)
    return target.error();
  const auto applied = (*target)->applied();
  if (!applied)
    return applied.error();
  // An address may hold a password, a directory does not.
  if (applied->empty())
    return no_store_in(kind_of_store(settings.url) == store_kind::sqlite ? settings.url.substr(sizeof "sqlite:" - 1)
                                                                         : "the database of store.url");
  return {};
}

}  // namespace callboard
