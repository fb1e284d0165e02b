#include "cluster/token_commands.hpp"

#include "actors/account/account.hpp"
#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "cluster/asking.hpp"
#include "cluster/user_commands.hpp"
#include "net/auth/api_token.hpp"

#include <boost/json.hpp>

namespace callboard::cluster {
namespace {

namespace json = boost::json;

constexpr std::size_t name_max = 64;

template <class T>
result<json::object> ask_account(entities& target, const uuid& user, T content) {
  const auto said = ask(target, account::to_account(user, std::move(content)));
  if (said.problem)
    return *said.problem;
  if (said.body.empty())
    return json::object{};
  auto value = parse_trusted_json(join(said.body));
  if (!value || !value->is_object())
    return refuse(problem_code::internal, "the account's answer cannot be read");
  return std::move(value->get_object());
}

/// The scopes that were asked for, as far as the account's role has them.
result<scope_set> scopes_for(entities& target, const uuid& user, const std::optional<std::string>& asked) {
  const auto shown = ask_account(target, user, account::get{});
  if (!shown)
    return shown.error();
  const auto role = parse_instance_role(std::string_view(shown->at("role").as_string()));
  const auto most = scopes_of(role.value_or(instance_role::player));
  if (!asked)
    return most;
  const auto scopes = parse_scopes(*asked);
  if (!scopes)
    return refuse(problem_code::validation, "there is no such scope; known are " + to_string(~scope_set{0}));
  if (const auto lacking = *scopes & ~most)
    return refuse(problem_code::scope_missing, "the account's role lacks " + to_string(lacking));
  return *scopes;
}

}  // namespace

result<std::string> create_token(entities& target, const new_token& wanted) {
  const auto user = find_user(target, wanted.email);
  if (!user)
    return user.error();
  const auto scopes = scopes_for(target, *user, wanted.scopes);
  if (!scopes)
    return scopes.error();
  if (wanted.name.size() > name_max)
    return refuse(problem_code::validation, "the name is longer than 64 bytes");
  const auto secret = net::make_api_token(*user);
  account::create_token make{make_uuid_v7(), wanted.name.empty() ? "command line" : wanted.name,
                             net::hash_of_api_token(secret), *scopes, {}};
  if (wanted.ttl)
    make.expires_at = wall_now() + *wanted.ttl;
  auto made = ask_account(target, *user, std::move(make));
  if (!made)
    return made.error();
  (*made)["token"] = secret;
  return json::serialize(*made);
}

result<std::string> list_tokens(entities& target, const std::string& email) {
  const auto user = find_user(target, email);
  if (!user)
    return user.error();
  const auto all = ask_account(target, *user, account::tokens{});
  if (!all)
    return all.error();
  return json::serialize(*all);
}

result<std::string> revoke_token(entities& target, const std::string& email, const std::string& id) {
  const auto user = find_user(target, email);
  if (!user)
    return user.error();
  const auto token = parse_uuid(id);
  if (!token)
    return refuse(problem_code::validation, "the id is no UUID; `token list` shows ids");
  if (const auto done = ask_account(target, *user, account::revoke_token{*token}); !done)
    return done.error();
  return json_writer().open('{').member("id", *token).close('}').take();
}

}  // namespace callboard::cluster
