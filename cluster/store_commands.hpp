#pragma once

#include "cluster/cli/cli.hpp"

namespace callboard::cluster {

// What the command line does to a store or a running server; each answers an exit code and tells people in words,
// or, with --json, programs in JSON.

int migrate_up(const cli::cli_request& request, const config::options& options);
int migrate_down(const cli::cli_request& request, const config::options& options);
int migrate_status(const cli::cli_request& request, const config::options& options);
int new_epoch(const cli::cli_request& request, const config::options& options);
int backup(const cli::cli_request& request, const config::options& options);
int doctor(const cli::cli_request& request, const config::options& options);

}  // namespace callboard::cluster
