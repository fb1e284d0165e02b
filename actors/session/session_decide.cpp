#include "actors/session/session.hpp"

#include "actors/base/json_writer.hpp"

#include <algorithm>

namespace callboard::session {
namespace {

using verdict = result<plan<event>>;

outbox_message to_account(const state& s, std::string type, std::string args) {
  return {{entity_kind::account, to_string(s.content.user_id)}, std::move(type), std::move(args)};
}

/// The account keeps count of its sign-ins, to end them all.
outbox_message note(const start& c, const decide_context& context) {
  json_writer w;
  w.open('{').member("session_id", context.self.id).member("started_at", context.now);
  w.member("expires_at", c.expires_at).member("role", to_string(c.user_role)).close('}');
  return {{entity_kind::account, to_string(c.user_id)}, "account.note_session", w.take()};
}

/// Ending a sign-in: the event, no timer, and the account forgets it.
plan<event> end(const state& s, std::string reason, const decide_context& context) {
  plan<event> out;
  out.events.push_back(ended{s.content.user_id, std::move(reason)});
  out.timers.push_back({std::string(expiry_timer), s.timer_gen, std::nullopt});
  json_writer w;
  w.open('{').member("session_id", context.self.id).close('}');
  out.outbox.push_back(to_account(s, "account.forget_session", w.take()));
  return out;
}

bool is_former(const state& s, const std::string& hash) {
  return hash == s.previous_hash ||
         std::find(s.former.begin(), s.former.end(), short_hash(hash)) != s.former.end();
}

verdict on(const state& s, const start& c, const decide_context& context) {
  if (s.is_started) {
    if (s.content.user_id == c.user_id && s.content.refresh_hash == c.refresh_hash)
      return plan<event>{};
    return refuse(problem_code::already_exists, "this session exists");
  }
  plan<event> out;
  out.events.push_back(started{c});
  out.timers.push_back({std::string(expiry_timer), context.seq + 1, c.expires_at});
  out.outbox.push_back(note(c, context));
  return out;
}

verdict refresh_newest(const state& s, const refresh& c, const decide_context& context) {
  if (!s.is_alive(context.now))
    return refuse(problem_code::token_revoked, "the session has ended");
  plan<event> out;
  out.status = 200;
  out.outcome = "ok";
  out.events.push_back(refreshed{c.successor_hash});
  return out;
}

verdict refresh_former(const state& s, const refresh& c, const decide_context& context) {
  const bool may_repeat =
    c.presented_hash == s.previous_hash && context.now - s.rotated_at <= refresh_grace;
  if (s.is_alive(context.now) && may_repeat && c.successor_hash == s.content.refresh_hash) {
    plan<event> out;
    out.status = 200;
    out.outcome = "same_successor";
    return out;
  }
  if (s.is_ended)
    return refuse(problem_code::refresh_reused, "the refresh token was used before");
  auto out = end(s, "refresh_reused", context);
  out.status = 200;
  out.outcome = "reused";
  return out;
}

verdict on(const state& s, const refresh& c, const decide_context& context) {
  if (s.is_started && c.presented_hash == s.content.refresh_hash)
    return refresh_newest(s, c, context);
  if (s.is_started && is_former(s, c.presented_hash))
    return refresh_former(s, c, context);
  return refuse(problem_code::unauthenticated, "the refresh token is not valid");
}

verdict on(const state& s, const revoke& c, const decide_context& context) {
  if (!s.is_started || s.is_ended)
    return plan<event>{};
  return end(s, c.reason, context);
}

verdict on(const state& s, const set_role& c, const decide_context&) {
  plan<event> out;
  if (s.is_started && !s.is_ended && s.content.user_role != c.user_role)
    out.events.push_back(role_changed{c.user_role});
  return out;
}

verdict on(const state& s, const timer_fired& c, const decide_context& context) {
  if (c.name != expiry_timer || c.gen != s.timer_gen || !s.is_started || s.is_ended)
    return plan<event>{};
  return end(s, "expired", context);
}

verdict on(const state&, const confirm&, const decide_context&) { return refuse_role(); }
verdict on(const state&, const get&, const decide_context&) { return refuse_role(); }

}  // namespace

result<plan<event>> decide(const state& s, const message& m, const decide_context& context) {
  return std::visit([&](const auto& c) { return on(s, c, context); }, m);
}

}  // namespace callboard::session
