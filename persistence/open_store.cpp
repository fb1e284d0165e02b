#include "persistence/open_store.hpp"

#include "persistence/postgres/postgres_store.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "persistence/store_url.hpp"

namespace callboard {

result<std::unique_ptr<store_backend>> open_store(const store_settings& settings) {
  switch (kind_of_store(settings.url)) {
    case store_kind::sqlite:
      return make_sqlite_store(settings);
    case store_kind::postgresql:
      return make_postgres_store(settings);
    default:
      return unknown_store();
  }
}

}  // namespace callboard
