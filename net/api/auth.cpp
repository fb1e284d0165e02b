#include "actors/account/account.hpp"
#include "actors/kinds.hpp"
#include "actors/login/login.hpp"
#include "actors/session/session.hpp"
#include "net/api/handlers.hpp"
#include "net/api/sign_in_flow.hpp"
#include "net/auth/credentials.hpp"
#include "net/auth/jwks.hpp"
#include "net/auth/refresh_token.hpp"
#include "net/user_lookup.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

/// The member of account.update that the edge alone fills in.
constexpr std::string_view lists_member = "_lists";

/// What an account says of itself to the sign-in.
struct account_secrets {
  uuid user;  ///< nil: nobody has the name
  std::string password_hash;
  bool disabled = false;
  instance_role role = instance_role::player;
};

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

void find_secrets(api_context& c, const exchange_ptr& x, const uuid& user,
                  std::function<void(result<account_secrets>)> then) {
  c.ask_as_system(x, account::to_account(user, account::credentials{}), [user, then](answer&& said) {
    const auto object = object_in(said);
    // An account that is just being deleted is nobody's as well.
    if (!object && object.error().code == problem_code::not_found)
      return then(account_secrets{});
    if (!object)
      return then(object.error());
    account_secrets out{user, text_of(*object, "password_hash"), false, instance_role::player};
    const auto* disabled = object->if_contains("disabled");
    out.disabled = disabled && disabled->is_bool() && disabled->get_bool();
    out.role = parse_instance_role(text_of(*object, "role")).value_or(instance_role::player);
    then(out);
  });
}

/// The account behind a login; nobody's is no error here, so that both take as long.
void find_secrets_by_login(api_context& c, const exchange_ptr& x, const std::string& login,
                           std::function<void(result<account_secrets>)> then) {
  c.ask_as_system(x, login::to_login(login, login::find{}), [&c, x, then](answer&& said) {
    const auto object = object_in(said);
    const auto user = object ? parse_uuid(text_of(*object, "user_id")) : std::nullopt;
    if (user)
      return find_secrets(c, x, *user, then);
    if (!object && object.error().code != problem_code::not_found)
      return then(object.error());
    then(account_secrets{});
  });
}

void admit_user(api_context& c, const exchange_ptr& x, const account_secrets& secrets, const std::string& device) {
  if (secrets.disabled)
    return c.refuse(*x, refuse(problem_code::forbidden, "the account is disabled"));
  c.ask_as_system(x, account::to_account(secrets.user, account::get{}), [&c, x, secrets, device](answer&& user) {
    if (user.problem)
      return c.refuse(*x, *user.problem);
    start_session(c, x, {secrets.user, secrets.role, device, join(user.body), 200});
  });
}

/// Stores the same password under newer parameters; the sign-in does not wait for it. A password that was changed
/// meanwhile stays.
void rehash(api_context& c, const exchange_ptr& x, const account_secrets& old, const std::string& password) {
  c.parts.auth.passwords.hash(password, [&c, x, user = old.user, old_hash = old.password_hash](result<std::string> hash) {
    if (hash)
      c.parts.loop.post([&c, x, user, old_hash, hash = *hash] {
        c.ask_as_system(x, account::to_account(user, account::set_password{hash, {}, old_hash}), [](answer&&) {});
      });
  });
}

}  // namespace

void sign_in(api_context& c, exchange_ptr x) {
  auto form = read_sign_in(json::value(std::move(*x->body)));
  if (!form)
    return c.refuse(*x, form.error());
  const auto login = form->email ? login::email_id(*form->email) : login::username_id(*form->username);
  const auto tried = attempt::admit(c, *x, login);
  if (!tried)
    return;
  find_secrets_by_login(c, x, login, [&c, x, tried, form = std::move(*form)](result<account_secrets> found) {
    if (!found)
      return c.refuse(*x, found.error());
    verify_password(c, x, form.password, found->password_hash,
                    [&c, x, tried, form, secrets = *found](result<password_verdict> verdict) {
                      if (!verdict)
                        return c.refuse(*x, verdict.error());
                      if (!verdict->matches || !secrets.user) {
                        tried->failed();
                        return c.refuse(*x, refuse(problem_code::unauthenticated, "the name or password is wrong"));
                      }
                      tried->succeeded();
                      if (verdict->needs_rehash)
                        rehash(c, x, secrets, form.password);
                      admit_user(c, x, secrets, form.device);
                    });
  });
}

void refresh(api_context& c, exchange_ptr x) {
  const auto text = read_refresh(json::value(std::move(*x->body)));
  if (!text)
    return c.refuse(*x, text.error());
  const auto token = parse_refresh_token(*text);
  if (!token)
    return c.refuse(*x, refuse(problem_code::unauthenticated, "this is no refresh token of ours"));
  const auto next = successor_of(*token, c.parts.auth.refresh_key);
  c.ask_as_system(
    x, session::to_session(token->session, session::refresh{token->hash(), next.hash()}),
    [&c, x, sid = token->session, next = next.text()](answer&& said) {
      const auto object = object_in(said);
      if (!object)
        return c.refuse(*x, object.error(), said.outcome_unknown);
      const auto user = parse_uuid(text_of(*object, "user_id")).value_or(uuid{});
      if (text_of(*object, "outcome") == "reused") {
        end_here(c, sid, user);
        return c.refuse(*x, refuse(problem_code::refresh_reused, "sign in again"));
      }
      const auto role = parse_instance_role(text_of(*object, "role")).value_or(instance_role::player);
      const auto scopes = parse_scopes(text_of(*object, "scopes")).value_or(0);
      c.reply_json(*x, 200, tokens_json(c, user, sid, role, scopes, next, {}));
    });
}

void logout(api_context& c, exchange_ptr x) {
  c.ask_as_system(x, session::to_session(x->who.session, session::revoke{"logout"}), [&c, x](answer&& said) {
    if (!said.problem)
      end_here(c, x->who.session, x->who.user);
    reply_empty(c, *x, said);
  });
}

void logout_all(api_context& c, exchange_ptr x) {
  c.ask(x, account::to_account(x->who.user, account::sessions{}), [&c, x](answer&& had) {
    std::vector<uuid> ids;
    if (const auto object = object_in(had))
      if (const auto* list = object->if_contains("ids"); list && list->is_array())
        for (const auto& id : list->get_array())
          if (const auto sid = parse_uuid(std::string_view(id.get_string())))
            ids.push_back(*sid);
    c.ask_as_system(x, account::to_account(x->who.user, account::end_sessions{}), [&c, x, ids](answer&& said) {
      if (!said.problem) {
        for (const auto& sid : ids)
          end_here(c, sid, x->who.user);
        end_here(c, x->who.session, x->who.user);
      }
      reply_empty(c, *x, said);
    });
  });
}

void get_me(api_context& c, exchange_ptr x) { c.show(x, account::to_account(x->who.user, account::get{})); }

namespace {

void change_profile(api_context& c, const exchange_ptr& x) {
  auto body = descriptor_of(entity_kind::account).decode(account::update::type, json::value(std::move(*x->body)));
  if (!body)
    return c.refuse(*x, body.error());
  auto message = account::to_account(x->who.user, account::update{});
  message.body = std::move(*body);
  message.if_any = x->if_match.any;
  if (x->if_match.present && !x->if_match.any)
    message.if_rev = x->if_match.numbers.empty() ? 0 : x->if_match.numbers.front();
  c.ask(x, std::move(message), [&c, x](answer&& said) { c.reply(*x, std::move(said)); });
}

}  // namespace

void patch_me(api_context& c, exchange_ptr x) {
  if (x->body->contains(lists_member))
    return c.refuse(*x, refuse_field("/" + std::string(lists_member), "unknown_member", "is not known here"));
  if (!x->body->contains("name"))
    return change_profile(c, x);
  // His lists show the name: the account tells them, once it is changed.
  find_memberships(c, x, [&c, x](result<std::vector<std::pair<uuid, std::string>>> lists) {
    if (!lists)
      return c.refuse(*x, lists.error());
    json::array ids;
    for (const auto& [id, role] : *lists)
      ids.emplace_back(to_string(id));
    (*x->body)[lists_member] = std::move(ids);
    change_profile(c, x);
  });
}

void change_password(api_context& c, exchange_ptr x) {
  auto form = read_password_change(json::value(std::move(*x->body)));
  if (!form)
    return c.refuse(*x, form.error());
  const auto tried = attempt::admit(c, *x, "account:" + to_string(x->who.user));
  if (!tried)
    return;
  const auto store = [&c, x](result<std::string> hash) {
    if (!hash)
      return c.refuse(*x, hash.error());
    c.ask_as_system(x, account::to_account(x->who.user, account::set_password{*hash, x->who.session}),
                    [&c, x](answer&& said) { reply_empty(c, *x, said); });
  };
  find_secrets(c, x, x->who.user, [&c, x, tried, store, form = std::move(*form)](result<account_secrets> found) {
    if (!found)
      return c.refuse(*x, found.error());
    verify_password(c, x, form.current, found->password_hash,
                    [&c, x, tried, store, next = form.next](result<password_verdict> verdict) {
                      if (!verdict)
                        return c.refuse(*x, verdict.error());
                      if (!verdict->matches) {
                        tried->failed();
                        return c.refuse(*x, refuse_field("/current", "wrong", "this is not the present password"));
                      }
                      tried->succeeded();
                      hash_password(c, x, next, store);
                    });
  });
}

void jwks(api_context& c, exchange_ptr x) { c.reply_json(*x, 200, jwks_json(c.parts.auth.tokens)); }

}  // namespace callboard::net::api
