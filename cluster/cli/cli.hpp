#pragma once

#include "config/load.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callboard::cli {

/// What the command line asks for, whatever the command; members a command does not have keep their defaults.
struct cli_request {
  config::sources sources;  ///< --config, --set and the named flags of `serve`; the environment comes at load
  bool json = false;

  std::string email;                      ///< user add, user set, token …
  std::optional<std::string> new_email;   ///< user set
  std::optional<std::string> role;        ///< user add, user set
  std::optional<bool> disabled;           ///< user set --disable / --enable
  bool password_stdin = false;            ///< user add, user set
  std::vector<std::string> scopes;        ///< token create; empty: the scopes of the role
  std::string name;                       ///< token create
  std::optional<std::int64_t> expires_s;  ///< token create

  std::optional<std::int64_t> steps;  ///< migrate up, down: how many; nothing: all up, one down
  bool destroy_data = false;          ///< migrate down

  std::string kind;         ///< actors ls
  std::string sort;         ///< actors ls: `mailbox` or empty
  std::int64_t limit = 50;  ///< actors ls, user list
  std::string id;           ///< actors show `kind:id`; export: the list; token revoke
  std::string directory;    ///< backup
  std::string as = "events";  ///< export: `events` or `state`
};

/// Does a command and gives its exit code: 0 done, 1 failed (told on standard error).
using handler = std::function<int(const cli_request&, const config::options&)>;

/// Who does what; a command without a handler does not exist: it is in no help and no completion.
struct command_handlers {
  handler serve;
  handler migrate_up, migrate_down, migrate_status;
  handler user_add, user_list, user_set;
  handler token_create, token_list, token_revoke;
  handler actors_ls, actors_show;
  handler journal_replay, journal_new_epoch;
  handler backup, doctor, export_list;
  std::string version = "0.0.0";
};

/// Parses, loads the configuration and calls the handler. Exit codes: 0 ok, 1 failed, 2 usage or configuration,
/// whose problems are told all at once on standard error. `config`, `completion`, `--version` and `--help` are ours.
int run_cli(int argc, char** argv, const command_handlers& handlers);

}  // namespace callboard::cli
