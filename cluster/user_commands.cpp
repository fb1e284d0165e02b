#include "cluster/user_commands.hpp"

#include "actors/account/account.hpp"
#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/login/login.hpp"
#include "cluster/asking.hpp"
#include "net/auth/credentials.hpp"
#include "net/auth/password_pool.hpp"

#include <boost/json.hpp>
#include <sodium.h>

#include <future>
#include <memory>

namespace callboard::cluster {
namespace {

/// Twenty characters that nobody mistakes for each other: 97 bits.
std::string make_password() {
  constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string made;
  for (int i = 0; i < 20; ++i)
    made += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return made;
}

result<std::string> hash(net::password_pool& passwords, const std::string& password) {
  auto promise = std::make_shared<std::promise<result<std::string>>>();
  auto future = promise->get_future();
  if (!passwords.hash(password, [promise](result<std::string> hashed) { promise->set_value(std::move(hashed)); }))
    return refuse(problem_code::overloaded, "too many passwords are being hashed; try again");
  return future.get();
}

result<answer> accepted(answer reply) {
  if (reply.problem)
    return {boost::system::in_place_error, std::move(*reply.problem)};
  return {boost::system::in_place_value, std::move(reply)};
}

result<void> step(answer reply) {
  if (reply.problem)
    return std::move(*reply.problem);
  return {};
}

/// Takes another address: its login first, so that nobody else has it by then.
result<void> change_email(entities& target, const uuid& user, const std::string& email) {
  if (auto wrong = net::check_email(email, "/new_email"))
    return refusal{problem_code::validation, "the e-mail address cannot be used: " + wrong->detail, {*wrong}, {}};
  const auto login = login::email_id(email);
  if (auto held = step(ask(target, login::to_login(login, login::reserve{user}))); !held)
    return held;
  if (auto set = step(ask(target, account::to_account(user, account::set_email{email}))); !set)
    return set;  // An unused reservation lapses by itself.
  return step(ask(target, login::to_login(login, login::confirm{user})));
}

}  // namespace

result<uuid> find_user(entities& target, const std::string& email) {
  const auto found = accepted(ask(target, login::to_login(login::email_id(email), login::find{})));
  if (!found)
    return found.error();
  const auto parsed = parse_trusted_json(join(found->body));
  const auto* id = parsed ? parsed->get_object().if_contains("user_id") : nullptr;
  const auto user = id && id->is_string() ? parse_uuid(id->get_string()) : std::nullopt;
  if (!user)
    return refuse(problem_code::internal, "the login names no user");
  return *user;
}

result<std::string> list_users(entities& target, store& journal, std::size_t limit) {
  const auto ids = journal.entity_ids(entity_kind::account, {}, limit);
  if (!ids)
    return ids.error();
  json_writer w;
  w.open('{').key("items").open('[');
  for (const auto& id : *ids) {
    const auto user = ask(target, make_envelope<account::message>({entity_kind::account, id}, account::get{}));
    if (!user.problem)
      w.raw(join(user.body));
    else if (user.problem->code != problem_code::not_found)
      return *user.problem;
  }
  return w.close(']').member("next_cursor", nullptr).close('}').take();
}

result<made_user> add_user(entities& target, net::password_pool& passwords, new_user wanted) {
  made_user made;
  if (auto wrong = net::check_email(wanted.email, "/email"))
    return refusal{problem_code::validation, "the e-mail address cannot be used: " + wrong->detail, {*wrong}, {}};
  if (auto wrong = net::check_new_password(wanted.password, "/password"); wrong && !wanted.password.empty())
    return refusal{problem_code::validation, "the password cannot be used: " + wrong->detail, {*wrong}, {}};
  if (wanted.password.empty())
    wanted.password = made.password = make_password();
  if (wanted.name.empty())
    wanted.name = wanted.email.substr(0, wanted.email.find('@'));
  const auto hashed = hash(passwords, wanted.password);
  if (!hashed)
    return hashed.error();
  const auto user = make_uuid_v7();
  const auto login = login::email_id(wanted.email);
  if (auto held = step(ask(target, login::to_login(login, login::reserve{user}))); !held)
    return held.error();
  account::create create;
  create.email = wanted.email;
  create.name = wanted.name;
  create.password_hash = *hashed;
  create.user_role = wanted.role;
  auto reply = ask(target, account::to_account(user, std::move(create)));
  if (reply.problem) {
    (void)ask(target, login::to_login(login, login::release{user}));
    return std::move(*reply.problem);
  }
  // The account confirms its logins by outbox; whoever waits for this command can sign in at once.
  (void)ask(target, login::to_login(login, login::confirm{user}));
  made.json = join(reply.body);
  return made;
}

result<std::string> set_user(entities& target, net::password_pool& passwords, const std::string& email,
                             const user_changes& changes) {
  const auto user = find_user(target, email);
  if (!user)
    return user.error();
  if (!changes.email.empty())
    if (auto done = change_email(target, *user, changes.email); !done)
      return done.error();
  if (changes.role)
    if (auto done = step(ask(target, account::to_account(*user, account::set_role{*changes.role}))); !done)
      return done.error();
  if (changes.disabled) {
    auto done = *changes.disabled ? step(ask(target, account::to_account(*user, account::disable{})))
                                  : step(ask(target, account::to_account(*user, account::enable{})));
    if (!done)
      return done.error();
  }
  if (!changes.password.empty()) {
    if (auto wrong = net::check_new_password(changes.password, "/password"))
      return refusal{problem_code::validation, "the password cannot be used: " + wrong->detail, {*wrong}, {}};
    const auto hashed = hash(passwords, changes.password);
    if (!hashed)
      return hashed.error();
    if (auto done = step(ask(target, account::to_account(*user, account::set_password{*hashed, {}}))); !done)
      return done.error();
  }
  const auto shown = accepted(ask(target, account::to_account(*user, account::get{})));
  if (!shown)
    return shown.error();
  return join(shown->body);
}

}  // namespace callboard::cluster
