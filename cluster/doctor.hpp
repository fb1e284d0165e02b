#pragma once

#include "config/options.hpp"

#include <string>
#include <vector>

namespace callboard::cluster {

struct finding {
  enum class level { good, warning, bad } grade = level::good;
  std::string name, detail;
};

/// Looks over the configuration, the store's schema and the journal's hash chain; says what to do about each fault.
/// Changes nothing; works beside a running server.
std::vector<finding> examine(const config::options& options);

}  // namespace callboard::cluster
