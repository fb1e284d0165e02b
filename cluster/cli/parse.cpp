#include "cluster/cli/parse.hpp"

#include "config/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <string_view>

namespace callboard::cli {

namespace {

using adorn = std::function<void(CLI::App&, parsed&)>;

/// One command: where it stands, what it does, its own options.
struct command {
  std::string_view path;
  std::string_view sentence;
  const handler* to_call;
  parsed::action what;
  adorn options;
};

void common_options(CLI::App& app, parsed& into) {
  app.add_option("--config", into.request.sources.file, "TOML file with the configuration")->type_name("FILE");
  app.add_option("--set", into.request.sources.settings, "One option: section.key=value; may be repeated")
    ->type_name("KEY=VALUE")->allow_extra_args(false);
}

void flag_for(CLI::App& app, parsed& into, const char* flag, const char* option, const char* sentence) {
  app.add_option_function<std::string>(
    flag, [&into, option](const std::string& text) { into.request.sources.flags.emplace_back(option, text); }, sentence);
}

void serve_options(CLI::App& app, parsed& into) {
  flag_for(app, into, "--listen", "http.listen", "Address of the edge; port 0 picks a free one");
  flag_for(app, into, "--store", "store.url", "sqlite:<directory> or postgresql://user@host/database");
  flag_for(app, into, "--log-level", "log.level", "trace, debug, info, warn, error or off");
  flag_for(app, into, "--log-format", "log.format", "text or json");
}

void email_option(CLI::App& app, parsed& into) {
  app.add_option("--email", into.request.email, "The account's address")->required();
}

void role_option(CLI::App& app, parsed& into) {
  app.add_option("--role", into.request.role, "player, admin or system")
    ->check(CLI::IsMember({"player", "admin", "system"}));
}

void password_option(CLI::App& app, parsed& into) {
  app.add_flag("--password-stdin", into.request.password_stdin, "Read the password from standard input");
}

void user_set_options(CLI::App& app, parsed& into) {
  email_option(app, into);
  role_option(app, into);
  password_option(app, into);
  app.add_option("--new-email", into.request.new_email, "Another address to sign in with");
  auto* off = app.add_flag_callback("--disable", [&into] { into.request.disabled = true; }, "Nobody signs in any more");
  app.add_flag_callback("--enable", [&into] { into.request.disabled = false; }, "Sign-in works again")->excludes(off);
}

void token_options(CLI::App& app, parsed& into) {
  email_option(app, into);
  app.add_option("--scopes", into.request.scopes, "Separated by commas, e.g. tasks:read,tasks:write")->delimiter(',')
    ->allow_extra_args(false);
  app.add_option("--name", into.request.name, "What the token is for");
  app.add_option("--expires-s", into.request.expires_s, "Seconds until it ends; without: never")
    ->check(CLI::PositiveNumber);
}

void steps_option(CLI::App& app, parsed& into) {
  app.add_option("--steps", into.request.steps, "How many migrations")->check(CLI::PositiveNumber);
}

std::vector<command> commands(const command_handlers& h) {
  using action = parsed::action;
  const auto call = action::call;
  return {
    {"serve", "Serve clients until SIGTERM", &h.serve, call, serve_options},
    {"migrate up", "Bring the store up to this version", &h.migrate_up, call, steps_option},
    {"migrate down", "Take the store back, by one migration unless told", &h.migrate_down, call,
     [](CLI::App& app, parsed& into) {
       steps_option(app, into);
       app.add_flag("--destroy-data", into.request.destroy_data, "Also if rows are lost");
     }},
    {"migrate status", "Show which migrations are applied", &h.migrate_status, call, {}},
    {"user add", "Make an account; without --password-stdin its password is made and printed", &h.user_add, call,
     [](CLI::App& app, parsed& into) {
       email_option(app, into);
       role_option(app, into);
       password_option(app, into);
     }},
    {"user list", "List accounts", &h.user_list, call,
     [](CLI::App& app, parsed& into) {
       app.add_option("--limit", into.request.limit, "At most so many")->check(CLI::Range(1, 10'000));
     }},
    {"user set", "Change an account", &h.user_set, call, user_set_options},
    {"token create", "Make an API token and print it once", &h.token_create, call, token_options},
    {"token list", "List an account's API tokens", &h.token_list, call, email_option},
    {"token revoke", "End an API token and its sockets", &h.token_revoke, call,
     [](CLI::App& app, parsed& into) {
       email_option(app, into);
       app.add_option("id", into.request.id, "The token's id, as `token list` shows it")->required();
     }},
    {"actors ls", "List what is in memory of the running server", &h.actors_ls, call,
     [](CLI::App& app, parsed& into) {
       app.add_option("--kind", into.request.kind, "list, account, login, session or inbox");
       app.add_option("--sort", into.request.sort, "mailbox: the longest first")->check(CLI::IsMember({"mailbox"}));
       app.add_option("--limit", into.request.limit, "At most so many")->check(CLI::Range(1, 10'000));
     }},
    {"actors show", "Show one of them", &h.actors_show, call,
     [](CLI::App& app, parsed& into) {
       app.add_option("id", into.request.id, "kind:id, e.g. list:0192…")->required();
     }},
    {"journal replay", "Build the projections again from the journal", &h.journal_replay, call, {}},
    {"journal new-epoch", "After restoring a backup: tell clients to load anew", &h.journal_new_epoch, call, {}},
    {"backup", "Copy a SQLite store, also under load", &h.backup, call,
     [](CLI::App& app, parsed& into) {
       app.add_option("directory", into.request.directory, "A new folder, served by sqlite:DIR")->required();
     }},
    {"export", "Write a list out, one JSON object a line", &h.export_list, call,
     [](CLI::App& app, parsed& into) {
       app.add_option("list", into.request.id, "The list's id")->required();
       app.add_option("--as", into.request.as, "events or state")->check(CLI::IsMember({"events", "state"}));
     }},
    {"doctor", "Look for what is wrong, and say what helps", &h.doctor, call, {}},
    {"config show", "Show all values, passwords masked", nullptr, action::config_show, {}},
    {"config docs", "Explain every option, as Markdown", nullptr, action::config_docs,
     [](CLI::App& app, parsed& into) {
       app.add_flag_callback("--example", [&into] { into.what = parsed::action::config_example; },
                             "Print an example file instead");
     }},
    {"completion", "Print a completion script", nullptr, action::completion,
     [](CLI::App& app, parsed& into) {
       app.add_option("shell", into.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
     }},
  };
}

std::string_view group_sentence(std::string_view group) {
  if (group == "migrate") return "The store's versions";
  if (group == "user") return "Accounts";
  if (group == "token") return "API tokens";
  if (group == "actors") return "What is in memory";
  if (group == "journal") return "The journal";
  return "The configuration";
}

std::vector<CLI::App*> children(CLI::App& app) {
  return app.get_subcommands([](CLI::App*) { return true; });
}

CLI::App* find_child(CLI::App& parent, std::string_view name) {
  for (auto* sub : children(parent))
    if (sub->get_name() == name)
      return sub;
  return nullptr;
}

CLI::App* child(CLI::App& parent, std::string_view name, std::string_view sentence) {
  auto* found = find_child(parent, name);
  return found ? found : parent.add_subcommand(std::string{name}, std::string{sentence});
}

void add(CLI::App& root, const command& row, parsed& into) {
  const auto space = row.path.find(' ');
  CLI::App* app = nullptr;
  if (space == std::string_view::npos) {
    app = child(root, row.path, row.sentence);
  } else {
    auto* group = child(root, row.path.substr(0, space), group_sentence(row.path.substr(0, space)));
    group->require_subcommand(1);
    app = child(*group, row.path.substr(space + 1), row.sentence);
  }
  app->parse_complete_callback([&into, row] {
    into.to_call = row.to_call;
    if (into.what == parsed::action::say)
      into.what = row.what;
  });
  if (row.path != "completion")
    common_options(*app, into);
  if (row.path != "serve" && row.path != "completion")
    app->add_flag("--json", into.request.json, "Answer in JSON");
  if (row.options)
    row.options(*app, into);
}

std::vector<std::string> words_of(CLI::App& app) {
  std::vector<std::string> out;
  for (auto* sub : children(app))
    out.push_back(sub->get_name());
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      out.push_back("--" + name);
  return out;
}

void collect(CLI::App& app, const std::string& path, std::vector<command_words>& into) {
  into.push_back({path, words_of(app)});
  for (auto* sub : children(app))
    collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), into);
}

std::string with_nearest(std::string sentence, const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  const auto meant = config::nearest(word, views);
  if (!meant.empty())
    sentence += "; did you mean " + std::string{meant} + "?";
  return sentence;
}

parsed misuse(const std::string& sentence, const std::string& command) {
  parsed out;
  out.text = "callboard: " + sentence + "\nSee `callboard" + command + " --help`.\n";
  out.exit_code = 2;
  return out;
}

/// Follows the command words; the innermost app, or in `wrong` what is said about a word that is none.
CLI::App* descend(CLI::App& root, int argc, const char* const* argv, std::string& path, std::string& wrong) {
  auto* app = &root;
  for (int i = 1; i < argc && !children(*app).empty(); ++i) {
    const std::string word = argv[i];
    if (word.starts_with('-'))
      return app;
    auto* next = find_child(*app, word);
    if (!next) {
      wrong = with_nearest("there is no command '" + (path.empty() ? "" : path.substr(1) + " ") + word + "'", word,
                           words_of(*app));
      return app;
    }
    app = next;
    path += " " + word;
  }
  return app;
}

/// What CLI11 says, in our words, with the nearest option for one that does not exist.
std::string explain(const CLI::ParseError& error, CLI::App& app, int argc, const char* const* argv) {
  if (!children(app).empty())
    return "a command is missing";
  if (!dynamic_cast<const CLI::ExtrasError*>(&error))
    return error.what();
  const auto known = words_of(app);
  for (int i = 1; i < argc; ++i) {
    const std::string word{std::string_view{argv[i]}.substr(0, std::string_view{argv[i]}.find('='))};
    if (word.starts_with("--") && std::find(known.begin(), known.end(), word) == known.end())
      return with_nearest("there is no option " + word, word, known);
  }
  return error.what();
}

}  // namespace

parsed parse(int argc, const char* const* argv, const command_handlers& handlers) {
  parsed into;
  CLI::App root{"Callboard: shared task lists, live, in one server that never loses a write.", "callboard"};
  root.require_subcommand(1);
  root.set_version_flag("--version", "callboard " + handlers.version);
  for (const auto& row : commands(handlers))
    if (!row.to_call || *row.to_call)
      add(root, row, into);

  std::string path, wrong;
  auto* app = descend(root, argc, argv, path, wrong);
  if (!wrong.empty())
    return misuse(wrong, path);
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed out;
    out.text = app->help();
    return out;
  } catch (const CLI::CallForVersion& version) {
    parsed out;
    out.text = std::string{version.what()} + "\n";
    return out;
  } catch (const CLI::ParseError& error) {
    return misuse(explain(error, *app, argc, argv), path);
  } catch (const std::exception& error) {
    return misuse(error.what(), path);
  }
  if (into.what == parsed::action::completion)
    collect(root, "", into.words);
  return into;
}

}  // namespace callboard::cli
