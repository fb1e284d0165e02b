#pragma once

#include "config/options.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::config {

/// Where values come from; later members win over earlier ones.
struct sources {
  std::string file;  ///< path of a TOML file; empty: none
  std::vector<std::pair<std::string, std::string>> environment;  ///< names and values; others than CALLBOARD_* are skipped
  std::vector<std::string> settings;                             ///< `section.key=value`, from --set
  std::vector<std::pair<std::string, std::string>> flags;        ///< option name and value, from named flags
};

/// All values, or all that is wrong with them.
struct loaded {
  options values;
  std::vector<std::string> problems;  ///< not empty: the values must not be used
  std::vector<std::string> warnings;

  bool ok() const { return problems.empty(); }
};

/// Defaults < file < environment < settings < flags. Reads the file; never throws.
loaded load(const sources& from);

/// Takes over the values of a TOML text; `label` names it in problems.
void read_toml(std::string_view text, std::string_view label, loaded& into);

/// The variables of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

}  // namespace callboard::config
