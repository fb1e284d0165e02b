#pragma once

#include "config/options.hpp"

namespace callboard::cluster {

/// Runs a node until SIGTERM or SIGINT; a second signal ends at once. The exit code: 0 drained, 1 it could not start.
int serve(const config::options& options);

}  // namespace callboard::cluster
