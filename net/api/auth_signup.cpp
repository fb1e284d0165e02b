#include "actors/account/account.hpp"
#include "actors/login/login.hpp"
#include "net/api/handlers.hpp"
#include "net/api/sign_in_flow.hpp"
#include "net/auth/credentials.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

/// One sign-up on its way: names first, so that the account never exists without them.
struct signing_up {
  uuid user = make_uuid_v7();
  sign_up_form form;
  std::string password_hash;
  std::string email_login, username_login;  ///< the second is empty without a username
};
using signing_up_ptr = std::shared_ptr<signing_up>;

void give_back(api_context& c, const exchange_ptr& x, const std::string& login, const uuid& user) {
  if (!login.empty())
    c.ask_as_system(x, login::to_login(login, login::release{user}), [](answer&&) {});
}

refusal taken(refusal why, std::string_view field) {
  if (why.code == problem_code::already_exists)
    why.errors = {field_error{"/" + std::string(field), "already_exists", "is taken", {}}};
  return why;
}

void confirm_logins(api_context& c, const exchange_ptr& x, const signing_up_ptr& s) {
  // The account's outbox does this as well; asking now lets the user sign in again at once.
  for (const auto& name : {s->email_login, s->username_login})
    if (!name.empty())
      c.ask_as_system(x, login::to_login(name, login::confirm{s->user}), [](answer&&) {});
}

void create_account(api_context& c, const exchange_ptr& x, const signing_up_ptr& s) {
  account::create make;
  make.email = s->form.email;
  make.username = s->form.username;
  make.name = s->form.name;
  make.password_hash = s->password_hash;
  c.ask_as_system(x, account::to_account(s->user, std::move(make)), [&c, x, s](answer&& said) {
    if (said.problem) {
      // After an unknown outcome the account may exist: its names stay, and lapse if it does not.
      if (!said.outcome_unknown) {
        give_back(c, x, s->email_login, s->user);
        give_back(c, x, s->username_login, s->user);
      }
      return c.refuse(*x, *said.problem, said.outcome_unknown);
    }
    confirm_logins(c, x, s);
    start_session(c, x, {s->user, instance_role::player, {}, join(said.body), 201});
  });
}

void reserve_username(api_context& c, const exchange_ptr& x, const signing_up_ptr& s) {
  if (s->username_login.empty())
    return create_account(c, x, s);
  c.ask_as_system(x, login::to_login(s->username_login, login::reserve{s->user}), [&c, x, s](answer&& said) {
    if (!said.problem)
      return create_account(c, x, s);
    give_back(c, x, s->email_login, s->user);
    c.refuse(*x, taken(*said.problem, "username"));
  });
}

void reserve_email(api_context& c, const exchange_ptr& x, const signing_up_ptr& s) {
  c.ask_as_system(x, login::to_login(s->email_login, login::reserve{s->user}), [&c, x, s](answer&& said) {
    if (said.problem)
      return c.refuse(*x, taken(*said.problem, "email"));
    reserve_username(c, x, s);
  });
}

}  // namespace

void sign_up(api_context& c, exchange_ptr x) {
  if (!c.parts.settings.signup_open)
    return c.refuse(*x, refuse(problem_code::signup_closed, "ask an administrator for an account"));
  auto form = read_sign_up(boost::json::value(std::move(*x->body)));
  if (!form)
    return c.refuse(*x, form.error());
  auto s = std::make_shared<signing_up>();
  s->form = std::move(*form);
  s->email_login = login::email_id(s->form.email);
  if (s->form.username)
    s->username_login = login::username_id(*s->form.username);
  hash_password(c, x, s->form.password, [&c, x, s](result<std::string> hash) {
    if (!hash)
      return c.refuse(*x, hash.error());
    s->password_hash = std::move(*hash);
    reserve_email(c, x, s);
  });
}

}  // namespace callboard::net::api
