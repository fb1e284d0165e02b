#include "cluster/server_commands.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/base/log.hpp"
#include "cluster/node.hpp"
#include "cluster/password_input.hpp"
#include "cluster/settings.hpp"
#include "cluster/waiting_line.hpp"
#include "net/admin_socket.hpp"
#include "persistence/maintenance.hpp"

#include <boost/json.hpp>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

namespace callboard::cluster {
namespace {

namespace json = boost::json;

constexpr auto patience = std::chrono::minutes{10};

int failed(std::string_view detail) {
  std::fprintf(stderr, "error: %.*s\n", static_cast<int>(detail.size()), detail.data());
  return 1;
}

using progress = std::function<void(std::uint64_t)>;

/// The answer of the running server, or of a node opened for this one request, which alone tells its progress.
result<std::string> answer_of(const config::options& options, const std::string& request, bool needs_server,
                              const progress& tell) {
  const auto sockets = net::find_admin_sockets(store_identity(options.store.url));
  if (!sockets.empty())
    return net::ask_admin(sockets.front(), request, patience);
  if (needs_server)
    return refuse(problem_code::not_found, "no server runs on " + store_identity(options.store.url) +
                                             "; start one with `callboard serve`");
  // Only `serve` and `migrate up` make a store: a mistyped one would look empty, and stay.
  if (auto there = require_store(store_settings_of(options)); !there)
    return there.error();
  start_log({log_level::error, false});
  auto own = node::open(options);
  if (!own)
    return own.error();
  return (*own)->administer(request, tell);
}

/// Asks and gives the `result` member, or tells why there is none.
std::optional<json::value> ask(const config::options& options, const json::object& request, bool needs_server = false,
                               const progress& tell = {}) {
  const auto text = answer_of(options, json::serialize(request), needs_server, tell);
  if (!text) {
    failed(text.error().detail);
    return std::nullopt;
  }
  const auto parsed = parse_trusted_json(*text);
  if (!parsed || !parsed->is_object() || !parsed->get_object().contains("ok")) {
    failed("the server's answer cannot be read");
    return std::nullopt;
  }
  const auto& answer = parsed->get_object();
  if (!answer.at("ok").as_bool()) {
    failed(std::string_view(answer.at("detail").as_string()));
    return std::nullopt;
  }
  return answer.at("result");
}

/// Puts the password of standard input into a request, where it was asked for; false: told why there is none.
bool add_password(const cli::cli_request& request, json::object& message) {
  if (!request.password_stdin)
    return true;
  const auto password = read_password(STDIN_FILENO);
  if (!password)
    failed(password.error().detail);
  else
    message["password"] = *password;
  return password.has_value();
}

std::optional<json::value> replay(const config::options& options, bool is_quiet) {
  const json::object message{{"do", "journal.replay"}};
  if (is_quiet)
    return ask(options, message);
  waiting_line line("rebuilding the projections from the journal");
  return ask(options, message, false, [&line](std::uint64_t events) { line.set_done(events); });
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : value.is_null() ? "-" : json::serialize(value);
}

/// Prints what was done: as JSON where that is asked for, else as `tell` has it. The exit code.
int show(const cli::cli_request& request, const std::optional<json::value>& done,
         const std::function<void(const json::object&)>& tell) {
  if (!done)
    return 1;
  if (request.json)
    std::printf("%s\n", json::serialize(*done).c_str());
  else
    tell(done->as_object());
  return 0;
}

void print_actor_line(const json::object& one) {
  std::printf("%-46s %8s %10s %8s %6s %10s\n", text_of(one.at("id")).c_str(), text_of(one.at("mailbox")).c_str(),
              text_of(one.at("oldest_message_ms")).c_str(), text_of(one.at("seq")).c_str(),
              text_of(one.at("subscribers")).c_str(), text_of(one.at("state_bytes")).c_str());
}

}  // namespace

int user_add(const cli::cli_request& request, const config::options& options) {
  json::object message{{"do", "user.add"}, {"email", request.email}};
  if (request.role)
    message["role"] = *request.role;
  if (!add_password(request, message))
    return 1;
  return show(request, ask(options, message), [&](const json::object& made) {
    std::printf("made %s (%s)\n", request.email.c_str(), text_of(made.at("user").as_object().at("id")).c_str());
    if (const auto* password = made.if_contains("password"))
      std::printf("password %s\n", text_of(*password).c_str());
  });
}

int user_list(const cli::cli_request& request, const config::options& options) {
  return show(request, ask(options, {{"do", "user.list"}, {"limit", request.limit}}), [](const json::object& page) {
    std::printf("%-36s %-8s %-20s %s\n", "ID", "ROLE", "DISABLED", "EMAIL");
    for (const auto& item : page.at("items").as_array()) {
      const auto& user = item.as_object();
      std::printf("%-36s %-8s %-20.20s %s\n", text_of(user.at("id")).c_str(), text_of(user.at("role")).c_str(),
                  text_of(user.at("disabled_at")).c_str(), text_of(user.at("email")).c_str());
    }
  });
}

int user_set(const cli::cli_request& request, const config::options& options) {
  json::object message{{"do", "user.set"}, {"email", request.email}};
  if (request.new_email)
    message["new_email"] = *request.new_email;
  if (request.role)
    message["role"] = *request.role;
  if (request.disabled)
    message["disabled"] = *request.disabled;
  if (!add_password(request, message))
    return 1;
  return show(request, ask(options, message),
              [&](const json::object&) { std::printf("changed %s\n", request.email.c_str()); });
}

int token_create(const cli::cli_request& request, const config::options& options) {
  json::object message{{"do", "token.create"}, {"email", request.email}, {"name", request.name}};
  if (!request.scopes.empty())
    message["scopes"] = json::array(request.scopes.begin(), request.scopes.end());
  if (request.expires_s)
    message["expires_s"] = *request.expires_s;
  return show(request, ask(options, message),
              [](const json::object& made) { std::printf("%s\n", text_of(made.at("token")).c_str()); });
}

int token_list(const cli::cli_request& request, const config::options& options) {
  return show(request, ask(options, {{"do", "token.list"}, {"email", request.email}}), [](const json::object& all) {
    std::printf("%-36s %-24s %-24s %-20s %s\n", "ID", "LAST USED", "EXPIRES", "NAME", "SCOPES");
    for (const auto& item : all.at("items").as_array()) {
      const auto& token = item.as_object();
      std::string scopes;
      for (const auto& scope : token.at("scopes").as_array())
        scopes += (scopes.empty() ? "" : ",") + text_of(scope);
      std::printf("%-36s %-24s %-24s %-20s %s\n", text_of(token.at("id")).c_str(),
                  text_of(token.at("last_used_at")).c_str(), text_of(token.at("expires_at")).c_str(),
                  text_of(token.at("name")).c_str(), scopes.c_str());
    }
  });
}

int token_revoke(const cli::cli_request& request, const config::options& options) {
  return show(request, ask(options, {{"do", "token.revoke"}, {"email", request.email}, {"id", request.id}}),
              [&](const json::object&) { std::printf("revoked %s\n", request.id.c_str()); });
}

int journal_replay(const cli::cli_request& request, const config::options& options) {
  return show(request, replay(options, request.json), [](const json::object& done) {
    std::printf("folded %s events\n", text_of(done.at("events")).c_str());
  });
}

int actors_ls(const cli::cli_request& request, const config::options& options) {
  const json::object message{
    {"do", "actors.ls"}, {"kind", request.kind}, {"sort", request.sort}, {"limit", request.limit}};
  return show(request, ask(options, message, true), [](const json::object& page) {
    std::printf("%-46s %8s %10s %8s %6s %10s\n", "ACTOR", "MAILBOX", "OLDEST_MS", "EVENTS", "SUBS", "BYTES");
    for (const auto& one : page.at("items").as_array())
      print_actor_line(one.as_object());
    std::printf("%s in memory\n", text_of(page.at("total")).c_str());
  });
}

int actors_show(const cli::cli_request& request, const config::options& options) {
  const json::object message{{"do", "actors.show"}, {"id", request.id}};
  return show(request, ask(options, message, true), [](const json::object& actor) {
    for (const auto& member : actor)
      if (member.key() != "messages")
        std::printf("%-18s %s\n", std::string(member.key()).c_str(), text_of(member.value()).c_str());
    std::printf("last messages:\n");
    for (const auto& one : actor.at("messages").as_array())
      std::printf("  %s  %s\n", text_of(one.as_object().at("at")).c_str(), text_of(one.as_object().at("type")).c_str());
  });
}

}  // namespace callboard::cluster
