#include "actors/account/account_json.hpp"

#include "actors/account/account_args.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/typed/codec_tables.hpp"

#include <boost/json.hpp>

namespace callboard::account {
namespace {

namespace json = boost::json;

void write_user(json_writer& w, const profile& p) {
  w.member("email", p.email).member("username", p.username).member("name", p.name);
  w.member("color", p.color).member("role", to_string(p.user_role));
  w.member("timezone", p.timezone).member("locale", p.locale).member("rev", p.rev);
  w.member("created_at", p.created_at).member("updated_at", p.updated_at);
  w.member("disabled_at", p.disabled_at);
}

profile load_user(const json::object& object) {
  profile p;
  p.email = stored_text(object, "email");
  p.username = stored_maybe_text(object, "username");
  p.name = stored_text(object, "name");
  p.color = stored_text(object, "color");
  p.user_role = stored_role(object, "role");
  p.timezone = stored_text(object, "timezone");
  p.locale = stored_text(object, "locale");
  p.rev = stored_number(object, "rev");
  p.created_at = stored_time(object, "created_at");
  p.updated_at = stored_time(object, "updated_at");
  p.disabled_at = stored_maybe_time(object, "disabled_at");
  return p;
}

void write_changes(json_writer& w, const update& c) {
  const auto write = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value)
      w.member(name, *value);
  };
  write("name", c.name);
  write("timezone", c.timezone);
  write("locale", c.locale);
  write("color", c.color);
}

void write_token(json_writer& w, const create_token& c) {
  w.member("token_id", c.id).member("name", c.name).member("scopes", to_string(c.scopes));
  w.member("expires_at", c.expires_at).member("_hash", c.hash);
}

create_token load_token(const json::object& object) {
  return {stored_id(object, "token_id"), stored_text(object, "name"), stored_text(object, "_hash"),
          stored_scopes(object, "scopes"), stored_maybe_time(object, "expires_at")};
}

void write(json_writer& w, const created& e) { write_user(w, e.content); }
void write(json_writer& w, const updated& e) { write_changes(w, e.changed); }
void write(json_writer& w, const email_set& e) { w.member("email", e.email); }
void write(json_writer& w, const token_created& e) { write_token(w, e.content); }
void write(json_writer& w, const token_revoked& e) { w.member("token_id", e.id); }
void write(json_writer& w, const token_used& e) { w.member("token_id", e.id); }
void write(json_writer&, const deleted&) {}
void write(json_writer& w, const password_set& e) {
  w.member("_secret", e.password_hash).member("keep_session", e.keep_session);
  w.member("ends_sessions", e.ends_sessions);
}
void write(json_writer& w, const role_set& e) { w.member("role", to_string(e.user_role)); }
void write(json_writer& w, const disabled& e) { w.member("disabled_at", e.at); }
void write(json_writer& w, const enabled&) { w.member("disabled_at", nullptr); }
void write(json_writer& w, const sessions_ended& e) { w.member("keep_session", e.keep_session); }
void write(json_writer& w, const session_noted& e) {
  w.member("session_id", e.session_id)
    .member("started_at", e.started_at)
    .member("expires_at", e.expires_at);
}
void write(json_writer& w, const session_forgotten& e) { w.member("session_id", e.session_id); }

std::string former(const updated& e) {
  json_writer w;
  w.open('{');
  write_changes(w, e.former);
  return w.close('}').take();
}

constexpr event_row<event> event_rows[] = {
  {created::wire_name, [](const json::object& o) { return event(created{load_user(o)}); }},
  {updated::wire_name,
   [](const json::object& o) {
     return event(updated{{stored_maybe_text(o, "name"), stored_maybe_text(o, "timezone"),
                           stored_maybe_text(o, "locale"), stored_maybe_text(o, "color")},
                          {}});
   }},
  {email_set::wire_name,
   [](const json::object& o) {
     return event(email_set{stored_text(o, "email"), {}});
   }},
  {token_created::wire_name, [](const json::object& o) { return event(token_created{load_token(o)}); }},
  {token_revoked::wire_name,
   [](const json::object& o) { return event(token_revoked{stored_id(o, "token_id")}); }},
  {token_used::wire_name,
   [](const json::object& o) { return event(token_used{stored_id(o, "token_id")}); }},
  {deleted::wire_name, [](const json::object&) { return event(deleted{}); }},
  {password_set::wire_name,
   [](const json::object& o) {
     return event(password_set{stored_text(o, "_secret"), stored_maybe_id(o, "keep_session"),
                               stored_flag(o, "ends_sessions")});
   }},
  {role_set::wire_name, [](const json::object& o) { return event(role_set{stored_role(o, "role")}); }},
  {disabled::wire_name,
   [](const json::object& o) { return event(disabled{stored_time(o, "disabled_at")}); }},
  {enabled::wire_name, [](const json::object&) { return event(enabled{}); }},
  {sessions_ended::wire_name,
   [](const json::object& o) { return event(sessions_ended{stored_maybe_id(o, "keep_session")}); }},
  {session_noted::wire_name,
   [](const json::object& o) {
     return event(session_noted{stored_id(o, "session_id"), stored_time(o, "started_at"),
                                stored_time(o, "expires_at")});
   }},
  {session_forgotten::wire_name,
   [](const json::object& o) { return event(session_forgotten{stored_id(o, "session_id")}); }},
};

}  // namespace

std::string render_user(std::string_view id, const profile& p) {
  json_writer w;
  w.open('{').member("id", id);
  write_user(w, p);
  return w.close('}').take();
}

std::string render_token(const api_token& token) {
  json_writer w;
  const auto& c = token.content;
  w.open('{').member("id", c.id).member("name", c.name).key("scopes").open('[');
  for (scope_set bit = 1; bit <= c.scopes; bit <<= 1)
    if (c.scopes & bit)
      w.value(to_string(bit));
  w.close(']').member("created_at", token.created_at).member("last_used_at", token.last_used_at);
  return w.member("expires_at", c.expires_at).close('}').take();
}

event_draft encode(std::string_view id, const event& e) {
  return std::visit(
    [&]<class E>(const E& x) {
      auto out = draft_of(x, [&](json_writer& w, const E& content) {
        if constexpr (std::is_same_v<E, created>)
          w.member("id", id);
        write(w, content);
      });
      if constexpr (std::is_same_v<E, updated>)
        out.old = former(x);
      if constexpr (std::is_same_v<E, email_set>)
        out.old = json_writer().open('{').member("email", x.former).close('}').take();
      return out;
    },
    e);
}

event decode_event(std::string_view type, std::string_view data) {
  return load_by<event>(event_rows, type, stored_object(data));
}

std::string save(const state& s) {
  json_writer w;
  w.open('{').member("is_created", s.is_created).member("is_deleted", s.is_deleted);
  if (!s.is_created || s.is_deleted)
    return w.close('}').take();
  write_user(w, s.user);
  w.member("_secret", s.password_hash).member("sessions_ended_at", s.sessions_ended_at);
  w.member("kept_session", s.kept_session).key("sessions").open('[');
  for (const auto& [id, entry] : s.sessions) {
    w.open('{').member("id", id).member("started_at", entry.started_at);
    w.member("expires_at", entry.expires_at).close('}');
  }
  w.close(']').key("tokens").open('[');
  for (const auto& [id, token] : s.tokens) {
    w.open('{');
    write_token(w, token.content);
    w.member("created_at", token.created_at).member("last_used_at", token.last_used_at).close('}');
  }
  return w.close(']').close('}').take();
}

state load(std::string_view text) {
  const auto object = stored_object(text);
  state s;
  s.is_created = stored_flag(object, "is_created");
  // Snapshots from before tokens and deletion lack both.
  s.is_deleted = object.contains("is_deleted") && stored_flag(object, "is_deleted");
  if (!s.is_created || s.is_deleted)
    return s;
  s.user = load_user(object);
  s.password_hash = stored_text(object, "_secret");
  s.sessions_ended_at = stored_time(object, "sessions_ended_at");
  s.kept_session = stored_maybe_id(object, "kept_session");
  for (const auto& entry : object.at("sessions").as_array()) {
    const auto& o = entry.as_object();
    s.sessions[stored_id(o, "id")] = {stored_time(o, "started_at"), stored_time(o, "expires_at")};
  }
  if (const auto* kept = object.if_contains("tokens"))
    for (const auto& entry : kept->as_array()) {
      const auto& o = entry.as_object();
      auto content = load_token(o);
      const auto id = content.id;
      s.tokens[id] = {std::move(content), stored_time(o, "created_at"), stored_maybe_time(o, "last_used_at")};
    }
  return s;
}

}  // namespace callboard::account
