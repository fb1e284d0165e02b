#include "actors/account/account.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/session/session.hpp"
#include "net/api/handlers.hpp"
#include "net/api/sign_in_flow.hpp"
#include "net/fan_in.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

std::vector<uuid> ids_in(const answer& said) {
  std::vector<uuid> out;
  const auto object = object_in(said);
  const auto* ids = object ? object->if_contains("ids") : nullptr;
  if (ids && ids->is_array())
    for (const auto& id : ids->get_array())
      if (const auto parsed = id.is_string() ? parse_uuid(std::string_view(id.get_string())) : std::nullopt)
        out.push_back(*parsed);
  return out;
}

/// One item of the list: what the session says, less what is the server's own.
void append_session(json_writer& w, const api_context& c, const json::object& session, const std::string& current) {
  const auto copy = [&](std::string_view name) {
    const auto* value = session.if_contains(name);
    w.raw_member(name, value ? json::serialize(*value) : "null");
  };
  const auto* id = session.if_contains("id");
  const auto sid = id && id->is_string() ? parse_uuid(std::string_view(id->get_string())) : std::nullopt;
  const auto open = sid && c.parts.hooks.sockets_of ? c.parts.hooks.sockets_of(*sid) : 0;
  w.open('{');
  copy("id");
  w.member("current", sid && to_string(*sid) == current);
  for (const auto* name : {"device", "ip", "user_agent"})
    copy(name);
  w.member("node", open ? std::optional(c.parts.settings.node) : std::nullopt);
  copy("created_at");
  copy("last_seen_at");
  w.member("connections", open).close('}');
}

}  // namespace

void sessions(api_context& c, exchange_ptr x) {
  c.ask(x, account::to_account(x->who.user, account::sessions{}), [&c, x](answer&& said) {
    if (said.problem)
      return c.refuse(*x, *said.problem);
    std::vector<std::shared_ptr<envelope>> questions;
    for (const auto& id : ids_in(said)) {
      questions.push_back(std::make_shared<envelope>(session::to_session(id, session::get{})));
      questions.back()->who = system_principal();
    }
    ask_all(c.way, std::move(questions), [&c, x](std::vector<answer>&& answers) {
      json_writer w(256 * answers.size() + 64);
      w.open('{').key("items").open('[');
      for (const auto& one : answers)
        if (const auto session = object_in(one))
          append_session(w, c, *session, to_string(x->who.session));
      c.reply_json(*x, 200, w.close(']').member("next_cursor", nullptr).close('}').take());
    });
  });
}

void end_session(api_context& c, exchange_ptr x) {
  const auto sid = x->id(0);
  c.ask_as_system(x, session::to_session(sid, session::get{}), [&c, x, sid](answer&& said) {
    const auto session = object_in(said);
    const auto* owner = session ? session->if_contains("user_id") : nullptr;
    if (!owner || !owner->is_string() || std::string_view(owner->get_string()) != to_string(x->who.user))
      return c.refuse(*x, refuse(problem_code::not_found, "no such sign-in"));
    c.ask_as_system(x, session::to_session(sid, session::revoke{"ended by its user"}), [&c, x, sid](answer&& ended) {
      if (!ended.problem)
        end_here(c, sid, x->who.user);
      reply_empty(c, *x, ended);
    });
  });
}

}  // namespace callboard::net::api
