#pragma once

#include "config/options.hpp"

#include <string>

namespace callboard::config {

/// The values as TOML, passwords masked; loads again to the same values.
std::string to_toml(const options& values);

/// The values as one JSON object of sections, passwords masked.
std::string to_json(const options& values);

/// Every option with its sentence and bounds, for docs/configuration.md.
std::string to_markdown();

/// The example file: every option with its sentence, commented out at its default.
std::string example_toml();

}  // namespace callboard::config
