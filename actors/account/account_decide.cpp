#include "actors/account/account.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/text_rules.hpp"

#include <algorithm>

namespace callboard::account {
namespace {

using verdict = result<plan<event>>;

// -- messages to others
// -----------------------------------------------------------------------------

std::string email_login(std::string_view email) { return "email:" + lower_ascii(email); }
std::string username_login(std::string_view username) { return "name:" + lower_ascii(username); }

/// `login.confirm` or `login.release`.
outbox_message tell_login(std::string id, std::string type, const std::string& user) {
  json_writer w;
  w.open('{').member("user_id", user).close('}');
  return {{entity_kind::login, std::move(id)}, std::move(type), w.take()};
}

/// Tells lists something of this user; `name` only where they need it.
void tell_lists(plan<event>& out, const std::vector<uuid>& lists, const std::string& type,
                const std::string& user, const std::optional<std::string>& name) {
  json_writer w;
  w.open('{').member("id", user);
  if (name)
    w.member("name", *name);
  const auto args = w.close('}').take();
  for (std::size_t i = 0; i < std::min(lists.size(), lists_told_max); ++i)
    out.outbox.push_back({{entity_kind::list, to_string(lists[i])}, type, args});
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
  out.outbox.push_back(tell_login(email_login(c.email), "login.confirm", context.self.id));
  if (c.username)
    out.outbox.push_back(tell_login(username_login(*c.username), "login.confirm", context.self.id));
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

verdict on(const state& s, const update& c, const decide_context& context) {
  updated e;
  change(c.name, s.user.name, e.changed.name, e.former.name);
  change(c.timezone, s.user.timezone, e.changed.timezone, e.former.timezone);
  change(c.locale, s.user.locale, e.changed.locale, e.former.locale);
  change(c.color, s.user.color, e.changed.color, e.former.color);
  plan<event> out;
  out.status = 200;
  if (e.changed.name)
    tell_lists(out, c.lists, "member.rename", context.self.id, e.changed.name);
  if (e.changed.name || e.changed.timezone || e.changed.locale || e.changed.color)
    out.events.push_back(std::move(e));
  return out;
}

verdict on(const state& s, const set_email& c, const decide_context& context) {
  plan<event> out;
  out.status = 200;
  if (c.email == s.user.email)
    return out;
  out.events.push_back(email_set{c.email, s.user.email});
  out.outbox.push_back(tell_login(email_login(c.email), "login.confirm", context.self.id));
  if (email_login(c.email) != email_login(s.user.email))
    out.outbox.push_back(tell_login(email_login(s.user.email), "login.release", context.self.id));
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

// -- API tokens
// -------------------------------------------------------------------------------------

refusal refuse_no_token() { return refuse(problem_code::not_found, "there is no such token"); }

verdict on(const state& s, const create_token& c, const decide_context& context) {
  plan<event> out;
  out.status = 201;
  if (const auto known = s.tokens.find(c.id); known != s.tokens.end())
    return known->second.content.hash == c.hash
             ? verdict(std::move(out))
             : verdict(refuse(problem_code::already_exists, "this token exists"));
  const auto live = std::count_if(s.tokens.begin(), s.tokens.end(), [&](const auto& entry) {
    return !entry.second.is_over(context.now);
  });
  if (static_cast<std::size_t>(live) >= tokens_max)
    return refuse_field("", "limit", "max 50 API tokens; delete one first");
  out.events.push_back(token_created{c});
  return out;
}

verdict on(const state& s, const revoke_token& c, const decide_context&) {
  if (!s.tokens.contains(c.id))
    return refuse_no_token();
  plan<event> out;
  out.events.push_back(token_revoked{c.id});
  return out;
}

verdict on(const state& s, const note_token_use& c, const decide_context& context) {
  const auto token = s.tokens.find(c.id);
  if (token == s.tokens.end())
    return refuse_no_token();
  plan<event> out;
  const auto& last = token->second.last_used_at;
  if (!last || context.now - *last >= token_use_noted_every)
    out.events.push_back(token_used{c.id});
  return out;
}

// -- the end
// ----------------------------------------------------------------------------------------

verdict on(const state& s, const remove& c, const decide_context& context) {
  plan<event> out;
  out.status = 202;
  out.events.push_back(deleted{});
  end_all(out, s, std::nullopt, "account_deleted");
  out.outbox.push_back(tell_login(email_login(s.user.email), "login.release", context.self.id));
  if (s.user.username)
    out.outbox.push_back(tell_login(username_login(*s.user.username), "login.release", context.self.id));
  tell_lists(out, c.lists, "member.forget", context.self.id, std::nullopt);
  return out;
}

// -- sign-ins
// ---------------------------------------------------------------------------------------

bool may_begin(const state& s, const note_session& c) {
  return !s.is_deleted && !s.user.disabled_at &&
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
verdict on(const state&, const tokens&, const decide_context&) { return refuse_role(); }
verdict on(const state&, const confirm_token&, const decide_context&) { return refuse_role(); }

refusal refuse_stale(const state& s, const decide_context& context) {
  auto out = refuse(problem_code::precondition_failed, "the account has changed");
  out.extra = "\"current\":" + render_user(context.self.id, s.user);
  return out;
}

}  // namespace

result<plan<event>> decide(const state& s, const message& m, const decide_context& context) {
  const bool is_there = s.is_created && !s.is_deleted;
  // A sign-in that began as the account ended hears that it may not be.
  const bool may_go_on = std::holds_alternative<create>(m) ||
                         (s.is_deleted && std::holds_alternative<note_session>(m));
  if (!is_there && !may_go_on)
    return refuse(problem_code::not_found, "there is no such account");
  const auto& if_rev = context.command.if_rev;
  if (s.is_created && if_rev && *if_rev != s.user.rev)
    return refuse_stale(s, context);
  return std::visit([&](const auto& c) { return on(s, c, context); }, m);
}

}  // namespace callboard::account
