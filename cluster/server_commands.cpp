#include "cluster/server_commands.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/base/log.hpp"
#include "cluster/node.hpp"
#include "cluster/settings.hpp"
#include "cluster/waiting_line.hpp"
#include "net/admin_socket.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <functional>
#include <iostream>
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

std::string read_password() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

std::optional<json::value> replay(const config::options& options, bool is_quiet) {
  const json::object message{{"do", "journal.replay"}};
  if (is_quiet)
    return ask(options, message);
  waiting_line line("rebuilding the projections from the journal");
  return ask(options, message, false, [&line](std::uint64_t events) { line.set_done(events); });
}

void print_json(const json::value& value) { std::printf("%s\n", json::serialize(value).c_str()); }

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : value.is_null() ? "-" : json::serialize(value);
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
  if (request.password_stdin)
    message["password"] = read_password();
  const auto done = ask(options, message);
  if (!done)
    return 1;
  if (request.json) {
    print_json(*done);
    return 0;
  }
  const auto& made = done->as_object();
  std::printf("made %s (%s)\n", request.email.c_str(), text_of(made.at("user").as_object().at("id")).c_str());
  if (const auto* password = made.if_contains("password"))
    std::printf("password %s\n", text_of(*password).c_str());
  return 0;
}

int user_set(const cli::cli_request& request, const config::options& options) {
  json::object message{{"do", "user.set"}, {"email", request.email}};
  if (request.role)
    message["role"] = *request.role;
  if (request.disabled)
    message["disabled"] = *request.disabled;
  if (request.password_stdin)
    message["password"] = read_password();
  const auto done = ask(options, message);
  if (!done)
    return 1;
  if (request.json)
    print_json(*done);
  else
    std::printf("changed %s\n", request.email.c_str());
  return 0;
}

int journal_replay(const cli::cli_request& request, const config::options& options) {
  const auto done = replay(options, request.json);
  if (!done)
    return 1;
  if (request.json)
    print_json(*done);
  else
    std::printf("folded %s events\n", text_of(done->as_object().at("events")).c_str());
  return 0;
}

int actors_ls(const cli::cli_request& request, const config::options& options) {
  const auto done = ask(
    options, {{"do", "actors.ls"}, {"kind", request.kind}, {"sort", request.sort}, {"limit", request.limit}}, true);
  if (!done)
    return 1;
  if (request.json) {
    print_json(*done);
    return 0;
  }
  std::printf("%-46s %8s %10s %8s %6s %10s\n", "ACTOR", "MAILBOX", "OLDEST_MS", "EVENTS", "SUBS", "BYTES");
  for (const auto& one : done->as_object().at("items").as_array())
    print_actor_line(one.as_object());
  std::printf("%s in memory\n", text_of(done->as_object().at("total")).c_str());
  return 0;
}

int actors_show(const cli::cli_request& request, const config::options& options) {
  const auto done = ask(options, {{"do", "actors.show"}, {"id", request.id}}, true);
  if (!done)
    return 1;
  if (request.json) {
    print_json(*done);
    return 0;
  }
  for (const auto& member : done->as_object())
    if (member.key() != "messages")
      std::printf("%-18s %s\n", std::string(member.key()).c_str(), text_of(member.value()).c_str());
  std::printf("last messages:\n");
  for (const auto& one : done->as_object().at("messages").as_array())
    std::printf("  %s  %s\n", text_of(one.as_object().at("at")).c_str(), text_of(one.as_object().at("type")).c_str());
  return 0;
}

}  // namespace callboard::cluster
