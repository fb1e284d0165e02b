#pragma once

#include "persistence/store_backend.hpp"

namespace callboard {

/// Opens `sqlite:<directory>`, making it if needed; refuses at once if another process holds it.
result<std::unique_ptr<store_backend>> make_sqlite_store(const store_settings& settings);

}  // namespace callboard
