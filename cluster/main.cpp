#include "cluster/cli/cli.hpp"
#include "cluster/serve.hpp"
#include "cluster/server_commands.hpp"
#include "cluster/store_commands.hpp"

#include <sodium.h>

#include <cstdio>

int main(int argc, char** argv) {
  using namespace callboard;
  if (sodium_init() < 0) {
    std::fprintf(stderr, "error: the system gives no random numbers\n");
    return 1;
  }
  cli::command_handlers handlers;
  handlers.version = CALLBOARD_VERSION;
  handlers.serve = [](const cli::cli_request&, const config::options& options) { return cluster::serve(options); };
  handlers.migrate_up = cluster::migrate_up;
  handlers.migrate_down = cluster::migrate_down;
  handlers.migrate_status = cluster::migrate_status;
  handlers.user_add = cluster::user_add;
  handlers.user_list = cluster::user_list;
  handlers.user_set = cluster::user_set;
  handlers.token_create = cluster::token_create;
  handlers.token_list = cluster::token_list;
  handlers.token_revoke = cluster::token_revoke;
  handlers.actors_ls = cluster::actors_ls;
  handlers.actors_show = cluster::actors_show;
  handlers.journal_replay = cluster::journal_replay;
  handlers.journal_new_epoch = cluster::new_epoch;
  handlers.backup = cluster::backup;
  handlers.doctor = cluster::doctor;
  return cli::run_cli(argc, argv, handlers);
}
