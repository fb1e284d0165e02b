#include "net/user_lookup.hpp"

#include "actors/account/account.hpp"
#include "actors/base/json_reader.hpp"
#include "actors/login/login.hpp"
#include "net/bridge.hpp"

#include <boost/json.hpp>

namespace callboard::net {
namespace {

std::shared_ptr<envelope> as_system(envelope&& message) {
  auto out = std::make_shared<envelope>(std::move(message));
  out->who = system_principal();
  return out;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

result<boost::json::object> object_of(const answer& said) {
  if (said.problem)
    return *said.problem;
  auto value = parse_trusted_json(join(said.body));
  if (!value || !value->is_object())
    return refuse(problem_code::internal, "the entity's answer cannot be read");
  return std::move(value->get_object());
}

}  // namespace

std::string login_id(std::string_view field, std::string_view text) {
  return field == "username" ? login::username_id(text) : login::email_id(text);
}

void find_user(bridge& way, const uuid& id, found_user_callback done) {
  way.ask(as_system(account::to_account(id, account::get{})), [id, done = std::move(done)](answer&& said) {
    const auto user = object_of(said);
    if (!user)
      return done(user.error());
    done(found_user{id, text_of(*user, "name"), text_of(*user, "username")});
  });
}

void find_user_by_login(bridge& way, const std::string& login, found_user_callback done) {
  // An entity id is at most 128 bytes; what is longer is nobody's name.
  way.ask(as_system(login::to_login(login, login::find{})), [&way, done = std::move(done)](answer&& said) mutable {
    const auto holder = object_of(said);
    const auto id = holder ? parse_uuid(text_of(*holder, "user_id")) : std::nullopt;
    if (!id)
      return done(holder ? refuse(problem_code::not_found, "no such user") : holder.error());
    find_user(way, *id, std::move(done));
  });
}

}  // namespace callboard::net
