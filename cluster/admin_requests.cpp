#include "cluster/admin_requests.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "cluster/inspection.hpp"
#include "cluster/token_commands.hpp"
#include "cluster/user_commands.hpp"

#include <boost/json.hpp>

#include <exception>
#include <functional>
#include <map>

namespace callboard::cluster {
namespace {

namespace json = boost::json;

using doing = std::function<result<std::string>(const json::object&, const admin_context&)>;

std::string text(const json::object& args, std::string_view name) {
  const auto* value = args.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

result<std::optional<instance_role>> role_in(const json::object& args) {
  const auto name = text(args, "role");
  if (name.empty())
    return std::optional<instance_role>{};
  const auto role = parse_instance_role(name);
  if (!role)
    return refuse(problem_code::validation, "there is no role \"" + name + "\"; known are player, admin, system");
  return std::optional<instance_role>{*role};
}

result<std::string> user_add(const json::object& args, const admin_context& on) {
  const auto role = role_in(args);
  if (!role)
    return role.error();
  auto made = add_user(on.target, on.passwords,
                       {text(args, "email"), text(args, "name"), text(args, "password"),
                        role->value_or(instance_role::player)});
  if (!made)
    return made.error();
  json_writer w;
  w.open('{').raw_member("user", made->json);
  if (!made->password.empty())
    w.member("password", made->password);
  return w.close('}').take();
}

result<std::string> user_set(const json::object& args, const admin_context& on) {
  const auto role = role_in(args);
  if (!role)
    return role.error();
  user_changes changes{*role, {}, text(args, "password"), text(args, "new_email")};
  if (const auto* disabled = args.if_contains("disabled"); disabled && disabled->is_bool())
    changes.disabled = disabled->get_bool();
  return set_user(on.target, on.passwords, text(args, "email"), changes);
}

result<std::string> user_list(const json::object& args, const admin_context& on) {
  const auto* limit = args.if_contains("limit");
  return list_users(on.target, on.store, limit && limit->is_int64() ? static_cast<std::size_t>(limit->get_int64()) : 50);
}

result<std::string> token_create(const json::object& args, const admin_context& on) {
  new_token wanted{text(args, "email"), text(args, "name"), {}, {}};
  if (const auto* scopes = args.if_contains("scopes"); scopes && scopes->is_array()) {
    wanted.scopes.emplace();
    for (const auto& scope : scopes->get_array())
      wanted.scopes->append(wanted.scopes->empty() ? "" : " ").append(scope.is_string() ? scope.get_string() : "?");
  }
  if (const auto* ttl = args.if_contains("expires_s"); ttl && ttl->is_int64())
    wanted.ttl = std::chrono::seconds(ttl->get_int64());
  return create_token(on.target, wanted);
}

result<std::string> token_list(const json::object& args, const admin_context& on) {
  return list_tokens(on.target, text(args, "email"));
}

result<std::string> token_revoke(const json::object& args, const admin_context& on) {
  return revoke_token(on.target, text(args, "email"), text(args, "id"));
}

result<std::string> actors_ls(const json::object& args, const admin_context& on) {
  actors_query wanted{text(args, "kind"), text(args, "sort") == "mailbox", 50};
  if (const auto* limit = args.if_contains("limit"); limit && limit->is_int64())
    wanted.limit = static_cast<std::size_t>(std::max<std::int64_t>(1, limit->get_int64()));
  return render_actors(on.inspect, wanted, on.node);
}

result<std::string> actors_show(const json::object& args, const admin_context& on) {
  auto shown = render_actor(on.inspect, text(args, "id"), on.node);
  if (shown.empty())
    return refuse(problem_code::not_found, "no actor \"" + text(args, "id") + "\" is in memory; `actors ls` shows them");
  return shown;
}

result<std::string> journal_replay(const json::object&, const admin_context& on) {
  const auto folded = on.store.rebuild_projections(on.progress);
  if (!folded)
    return folded.error();
  json_writer w;
  return w.open('{').member("events", *folded).close('}').take();
}

const std::map<std::string, doing, std::less<>>& doings() {
  static const std::map<std::string, doing, std::less<>> all{
    {"user.add", user_add},           {"user.list", user_list},   {"user.set", user_set},
    {"token.create", token_create},   {"token.list", token_list}, {"token.revoke", token_revoke},
    {"actors.ls", actors_ls},         {"actors.show", actors_show},
    {"journal.replay", journal_replay},
  };
  return all;
}

result<std::string> perform(std::string_view request, const admin_context& on) {
  const auto parsed = parse_json(request);
  if (!parsed)
    return parsed.error();
  if (!parsed->is_object())
    return refuse(problem_code::malformed_json, "a request is an object");
  const auto at = doings().find(text(parsed->get_object(), "do"));
  if (at == doings().end())
    return refuse(problem_code::not_found, "the server does not know this command; is it older than the command line?");
  return at->second(parsed->get_object(), on);
}

std::string failure(std::string_view detail) {
  json_writer w;
  return w.open('{').member("ok", false).member("detail", detail).close('}').take();
}

}  // namespace

std::string answer_admin_request(std::string_view request, const admin_context& context) {
  try {
    const auto done = perform(request, context);
    if (!done)
      return failure(done.error().detail);
    json_writer w;
    return w.open('{').member("ok", true).raw_member("result", *done).close('}').take();
  } catch (const std::exception& thrown) {
    return failure(thrown.what());
  }
}

}  // namespace callboard::cluster
