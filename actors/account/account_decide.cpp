#include "actors/account/account.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/text_rules.hpp"

#include <algorithm>

namespace callboard::account {
namespace {

using verdict = result<plan<event>>;

// -- messages to others
// -----------------------------------------------------------------------------

outbox_message confirm_login(std::string id, const std::string& user) {
  json_writer w;
  w.open('{').member("user_id", user).close('}');
  return {{entity_kind::login, std::move(id)}, "login.confirm", w.take()};
}

outbox_message end_session(const uuid& session, std::string_view reason) {
  json_writer w;
  w.open('{').member("reason", reason).close('}');
  return {{entity_kind::session, to_string(session)}, "session.revoke", w.take()};
}

outbox_message tell_role(const uuid& session, instance_role role) {
  json_writer w;
  w.open('{').member("role", to_string(role)).close('}');
  return {{entity_kind::session, to_string(session)}, "session.set_role", w.take()};
}

void end_all(plan<event>& out, const state& s, const std::optional<uuid>& keep,
             std::string_view reason) {
  for (const auto& [id, entry] : s.sessions)
    if (id != keep)
      out.outbox.push_back(end_session(id, reason));
}

// -- commands
// ---------------------------------------------------------------------------------------

bool is_same(const profile& user, const create& c) {
  return user.email == c.email && user.username == c.username;
}

verdict on(const state& s, const create& c, const decide_context& context) {
  plan<event> out;
  out.status = 201;
  if (s.is_created && is_same(s.user, c))
    return out;  // Any step of signing up may be repeated.
  if (s.is_created)
    return refuse(problem_code::already_exists, "this account exists");
  out.events.push_back(
    created{{c.email, c.username, c.name, c.color, c.user_role, c.timezone, c.locale,
             context.seq + 1, context.now, context.now, std::nullopt}});
  out.events.push_back(password_set{c.password_hash, std::nullopt, false});
  out.outbox.push_back(confirm_login("email:" + lower_ascii(c.email), context.self.id));
  if (c.username)
    out.outbox.push_back(confirm_login("name:" + lower_ascii(*c.username), context.self.id));
  return out;
}

/// Takes a wish into the event if it changes anything.
void change(const std::optional<std::string>& wish, const std::string& present,
            std::optional<std::string>& changed, std::optional<std::string>& former) {
  if (!wish || *wish == present)
    return;
  changed = wish;
  former = present;
}

verdict on(const state& s, const update& c, const decide_context&) {
  updated e;
  change(c.name, s.user.name, e.changed.name, e.former.name);
  change(c.timezone, s.user.timezone, e.changed.timezone, e.former.timezone);
  change(c.locale, s.user.locale, e.changed.locale, e.former.locale);
  change(c.color, s.user.color, e.changed.color, e.former.color);
  plan<event> out;
  out.status = 200;
  if (e.changed.name || e.changed.timezone || e.changed.locale || e.changed.color)
    out.events.push_back(std::move(e));
  return out;
}

verdict on(const state& s, const set_password& c, const decide_context&) {
  plan<event> out;
  if (c.password_hash == s.password_hash || (c.replaces && *c.replaces != s.password_hash))
    return out;
  out.events.push_back(password_set{c.password_hash, c.keep_session, !c.replaces});
  if (!c.replaces)
    end_all(out, s, c.keep_session, "password_changed");
  return out;
}

verdict on(const state& s, const set_role& c, const decide_context&) {
  plan<event> out;
  out.status = 200;
  if (s.user.user_role == c.user_role)
    return out;
  out.events.push_back(role_set{c.user_role});
  for (const auto& [id, entry] : s.sessions) out.outbox.push_back(tell_role(id, c.user_role));
  return out;
}

verdict on(const state& s, const disable&, const decide_context& context) {
  plan<event> out;
  out.status = 200;
  if (s.user.disabled_at)
    return out;
  out.events.push_back(disabled{context.now});
  end_all(out, s, std::nullopt, "account_disabled");
  return out;
}

verdict on(const state& s, const enable&, const decide_context&) {
  plan<event> out;
  out.status = 200;
  if (s.user.disabled_at)
    out.events.push_back(enabled{});
  return out;
}

verdict on(const state& s, const end_sessions& c, const decide_context&) {
  plan<event> out;
  out.events.push_back(sessions_ended{c.keep_session});
  end_all(out, s, c.keep_session, "logout_all");
  return out;
}

bool may_begin(const state& s, const note_session& c) {
  return !s.user.disabled_at &&
         (c.started_at >= s.sessions_ended_at || c.session_id == s.kept_session);
}

/// Over the bound the oldest sign-in ends.
void make_room(plan<event>& out, const state& s) {
  if (s.sessions.size() < sessions_max)
    return;
  const auto oldest = std::min_element(
    s.sessions.begin(), s.sessions.end(),
    [](const auto& a, const auto& b) { return a.second.started_at < b.second.started_at; });
  out.events.push_back(session_forgotten{oldest->first});
  out.outbox.push_back(end_session(oldest->first, "too_many_sessions"));
}

verdict on(const state& s, const note_session& c, const decide_context&) {
  plan<event> out;
  if (s.sessions.contains(c.session_id))
    return out;
  if (!may_begin(s, c)) {
    out.events.push_back(session_forgotten{c.session_id});
    out.outbox.push_back(end_session(c.session_id, "not_allowed"));
    return out;
  }
  make_room(out, s);
  out.events.push_back(session_noted{c.session_id, c.started_at, c.expires_at});
  if (c.user_role != s.user.user_role)
    out.outbox.push_back(tell_role(c.session_id, s.user.user_role));
  return out;
}

verdict on(const state& s, const forget_session& c, const decide_context&) {
  plan<event> out;
  if (s.sessions.contains(c.session_id))
    out.events.push_back(session_forgotten{c.session_id});
  return out;
}

verdict on(const state&, const get&, const decide_context&) { return refuse_role(); }
verdict on(const state&, const credentials&, const decide_context&) { return refuse_role(); }
verdict on(const state&, const sessions&, const decide_context&) { return refuse_role(); }

refusal refuse_stale(const state& s, const decide_context& context) {
  auto out = refuse(problem_code::precondition_failed, "the account has changed");
  out.extra = "\"current\":" + render_user(context.self.id, s.user);
  return out;
}

}  // namespace

result<plan<event>> decide(const state& s, const message& m, const decide_context& context) {
  if (!s.is_created && !std::holds_alternative<create>(m))
    return refuse(problem_code::not_found, "there is no such account");
  const auto& if_rev = context.command.if_rev;
  if (s.is_created && if_rev && *if_rev != s.user.rev)
    return refuse_stale(s, context);
  return std::visit([&](const auto& c) { return on(s, c, context); }, m);
}

}  // namespace callboard::account
