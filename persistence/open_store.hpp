#pragma once

#include "persistence/store_backend.hpp"

namespace callboard {

/// Opens the store that `settings.url` names; holds it against other processes until it is destroyed.
result<std::unique_ptr<store_backend>> open_store(const store_settings& settings);

}  // namespace callboard
