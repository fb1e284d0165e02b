#include "actors/account/account.hpp"

namespace callboard::account {
namespace {

/// The User changed: its rev and time are the event's.
void touch(state& s, const happening& h) {
  s.user.rev = h.seq;
  s.user.updated_at = h.at;
}

void keep_only(state& s, const std::optional<uuid>& kept, const happening& h) {
  std::erase_if(s.sessions, [&](const auto& entry) { return entry.first != kept; });
  s.sessions_ended_at = h.at;
  s.kept_session = kept;
}

void on(state& s, const created& e, const happening&) {
  s.is_created = true;
  s.user = e.content;
}

void on(state& s, const updated& e, const happening& h) {
  const auto set = [](std::string& member, const std::optional<std::string>& value) {
    if (value)
      member = *value;
  };
  set(s.user.name, e.changed.name);
  set(s.user.timezone, e.changed.timezone);
  set(s.user.locale, e.changed.locale);
  set(s.user.color, e.changed.color);
  touch(s, h);
}

void on(state& s, const password_set& e, const happening& h) {
  s.password_hash = e.password_hash;
  if (e.ends_sessions)
    keep_only(s, e.keep_session, h);
}

void on(state& s, const role_set& e, const happening& h) {
  s.user.user_role = e.user_role;
  touch(s, h);
}

void on(state& s, const disabled& e, const happening& h) {
  s.user.disabled_at = e.at;
  keep_only(s, std::nullopt, h);
  touch(s, h);
}

void on(state& s, const enabled&, const happening& h) {
  s.user.disabled_at.reset();
  touch(s, h);
}

void on(state& s, const sessions_ended& e, const happening& h) { keep_only(s, e.keep_session, h); }

void on(state& s, const email_set& e, const happening& h) {
  s.user.email = e.email;
  touch(s, h);
}

void on(state& s, const token_created& e, const happening& h) {
  std::erase_if(s.tokens, [&](const auto& entry) { return entry.second.is_over(h.at); });
  s.tokens[e.content.id] = {e.content, h.at, std::nullopt};
}

void on(state& s, const token_revoked& e, const happening&) { s.tokens.erase(e.id); }

void on(state& s, const token_used& e, const happening& h) {
  if (const auto token = s.tokens.find(e.id); token != s.tokens.end())
    token->second.last_used_at = h.at;
}

void on(state& s, const deleted&, const happening&) {
  s = {};
  s.is_created = s.is_deleted = true;
}

void on(state& s, const session_noted& e, const happening& h) {
  // A session that lapsed unseen (its message got lost with a restored backup) must not stay for
  // ever.
  std::erase_if(s.sessions, [&](const auto& entry) { return entry.second.expires_at < h.at; });
  s.sessions[e.session_id] = {e.started_at, e.expires_at};
}

void on(state& s, const session_forgotten& e, const happening&) { s.sessions.erase(e.session_id); }

}  // namespace

void evolve(state& s, const event& e, const happening& h) {
  std::visit([&](const auto& x) { on(s, x, h); }, e);
}

}  // namespace callboard::account
