#include "actors/account/account.hpp"
#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/user_lookup.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {

void find_user(api_context& c, exchange_ptr x) {
  if (!c.admit(*x, lookup_rate, to_string(x->who.user)))
    return;
  const auto* email = x->query.find("email");
  const auto* username = x->query.find("username");
  if ((email != nullptr) == (username != nullptr))
    return c.refuse(*x, refuse_parameter("email", "give email or username"));
  const auto& text = email ? *email : *username;
  if (text.empty() || text.size() > 254)
    return c.refuse(*x, refuse(problem_code::not_found, "no such user"));
  find_user_by_login(c.way, login_id(email ? "email" : "username", text), [&c, x](result<found_user> user) {
    if (!user)
      return c.refuse(*x, user.error());
    json_writer w;
    w.open('{').member("id", user->id).member("name", user->name).key("username");
    if (user->username.empty())
      w.value(nullptr);
    else
      w.value(user->username);
    c.reply_json(*x, 200, w.close('}').take());
  });
}

void admin_patch_user(api_context& c, exchange_ptr x) {
  std::optional<instance_role> role;
  std::optional<bool> disabled;
  for (const auto& [name, value] : *x->body) {
    const auto pointer = "/" + std::string(name);
    if (name == "role") {
      if (value.is_string())
        role = parse_instance_role(std::string_view(value.get_string()));
      if (!role || *role == instance_role::system)
        return c.refuse(*x, refuse_field(pointer, "enum", "must be player or admin"));
    } else if (name == "disabled") {
      if (!value.is_bool())
        return c.refuse(*x, refuse_field(pointer, "type", "must be true or false"));
      disabled = value.get_bool();
    } else {
      return c.refuse(*x, refuse_field(pointer, "unknown_member", "takes role and disabled"));
    }
  }
  const auto user = x->id(0);
  const auto show = [&c, x](answer&& said) { c.reply(*x, std::move(said)); };
  const auto set_disabled = [&c, x, user, disabled, show] {
    if (!disabled)
      return c.ask_as_system(x, account::to_account(user, account::get{}), show);
    if (*disabled)
      return c.ask(x, account::to_account(user, account::disable{}), show);
    c.ask(x, account::to_account(user, account::enable{}), show);
  };
  if (!role)
    return set_disabled();
  c.ask(x, account::to_account(user, account::set_role{*role}), [&c, x, set_disabled](answer&& said) {
    if (said.problem)
      return c.refuse(*x, *said.problem, said.outcome_unknown);
    set_disabled();
  });
}

}  // namespace callboard::net::api
