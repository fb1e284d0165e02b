#pragma once

#include "actors/runtime/node_context.hpp"
#include "config/options.hpp"
#include "net/api_dependencies.hpp"
#include "net/edge_settings.hpp"
#include "persistence/store_backend.hpp"

#include <string>

namespace callboard::cluster {

// What each part of a node takes from the configuration.

store_settings store_settings_of(const config::options& options);
runtime::runtime_settings runtime_settings_of(const config::options& options);
net::edge_settings edge_settings_of(const config::options& options);
net::api_settings api_settings_of(const config::options& options);

/// A fresh name for this process: `n` and eight characters.
std::string make_node_id();

}  // namespace callboard::cluster
