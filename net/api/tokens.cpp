#include "actors/account/account.hpp"
#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/api/sign_in_flow.hpp"
#include "net/auth/api_token.hpp"
#include "net/auth/credentials.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

/// A token has at most the rights of who makes it.
result<void> may_give(const principal& who, scope_set scopes) {
  const auto lacking = scopes & ~who.scopes;
  if (!lacking)
    return {};
  const auto names = callboard::to_string(lacking);
  return refusal{problem_code::scope_missing, "you lack " + names, {}, "\"scope\":\"" + names + "\""};
}

void make_token(api_context& c, const exchange_ptr& x, const new_token_form& form) {
  const auto secret = make_api_token(x->who.user);
  account::create_token make{make_uuid_v7(), form.name, hash_of_api_token(secret), form.scopes, form.expires_at};
  c.ask(x, account::to_account(x->who.user, std::move(make)), [&c, x, secret](answer&& said) {
    auto token = object_in(said);
    if (!token)
      return c.refuse(*x, token.error(), said.outcome_unknown);
    (*token)["token"] = secret;
    c.reply_json(*x, 201, json::serialize(*token));
  });
}

}  // namespace

void list_tokens(api_context& c, exchange_ptr x) { c.show(x, account::to_account(x->who.user, account::tokens{})); }

void create_token(api_context& c, exchange_ptr x) {
  require_recent_sign_in(c, x, [&c, x] {
    const auto form = read_new_token(json::value(std::move(*x->body)), wall_now());
    if (!form)
      return c.refuse(*x, form.error());
    if (auto ok = may_give(x->who, form->scopes); !ok)
      return c.refuse(*x, ok.error());
    make_token(c, x, *form);
  });
}

void get_token(api_context& c, exchange_ptr x) {
  c.ask(x, account::to_account(x->who.user, account::tokens{}), [&c, x](answer&& said) {
    const auto all = object_in(said);
    if (!all)
      return c.refuse(*x, all.error());
    for (const auto& token : all->at("items").as_array())
      if (std::string_view(token.as_object().at("id").as_string()) == to_string(x->id(0)))
        return c.reply_json(*x, 200, json::serialize(token));
    c.refuse(*x, refuse(problem_code::not_found, "there is no such token"));
  });
}

void delete_token(api_context& c, exchange_ptr x) {
  const auto id = x->id(0);
  c.ask(x, account::to_account(x->who.user, account::revoke_token{id}), [&c, x, id](answer&& said) {
    if (!said.problem)
      end_here(c, id, x->who.user);
    reply_empty(c, *x, said);
  });
}

void make_ticket(api_context& c, exchange_ptr x) {
  const auto token = bearer_of(x->request.header("authorization"));
  const auto ticket = c.parts.shared.tickets.give(std::string(token), std::chrono::steady_clock::now());
  if (!ticket)
    return c.refuse(*x, refuse(problem_code::overloaded, "too many tickets wait to be used"));
  json_writer w;
  w.open('{').member("ticket", *ticket).member("expires_in", ticket_table::kept.count());
  c.reply_json(*x, 201, w.close('}').take());
}

}  // namespace callboard::net::api
