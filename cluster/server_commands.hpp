#pragma once

#include "cluster/cli/cli.hpp"

namespace callboard::cluster {

// Commands that go to the running server of a store, or to a node of their own where none runs.

int user_add(const cli::cli_request& request, const config::options& options);
int user_list(const cli::cli_request& request, const config::options& options);
int user_set(const cli::cli_request& request, const config::options& options);
int token_create(const cli::cli_request& request, const config::options& options);
int token_list(const cli::cli_request& request, const config::options& options);
int token_revoke(const cli::cli_request& request, const config::options& options);
int journal_replay(const cli::cli_request& request, const config::options& options);
/// Only a running server has actors to show.
int actors_ls(const cli::cli_request& request, const config::options& options);
int actors_show(const cli::cli_request& request, const config::options& options);

}  // namespace callboard::cluster
