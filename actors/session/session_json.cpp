#include "actors/session/session_json.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/codec_tables.hpp"

#include <boost/json.hpp>

namespace callboard::session {
namespace {

namespace json = boost::json;

message read_start(args_reader& in) {
  start c;
  c.user_id = in.id("user_id");
  c.device = in.maybe_text("device").value_or("");
  c.ip = in.maybe_text("ip").value_or("");
  c.user_agent = in.maybe_text("user_agent").value_or("");
  c.refresh_hash = in.hash("refresh_hash");
  const auto scopes = parse_scopes(in.text("scopes"));
  if (!scopes)
    in.reject("scopes", "enum", "has an unknown scope");
  c.scopes = scopes.value_or(0);
  c.expires_at = in.time("expires_at");
  c.user_role = in.role("role");
  return c;
}

message read_refresh(args_reader& in) {
  return refresh{in.hash("presented_hash"), in.hash("successor_hash")};
}

constexpr message_row<message> rows[] = {
  {start::type, read_start},
  {refresh::type, read_refresh},
  {revoke::type, [](args_reader& in) { return message(revoke{in.text("reason")}); }},
  {set_role::type, [](args_reader& in) { return message(set_role{in.role("role")}); }},
  {timer_fired::type, read_timer_fired<message, timer_fired>},
  {confirm::type, [](args_reader& in) { return message(confirm{in.id("user_id")}); }},
  {get::type, read_plain<message, get>},
};

/// Members of a start; hashes begin with an underscore, which the auditors' views leave out.
void write_start(json_writer& w, const start& c) {
  w.member("user_id", c.user_id).member("device", c.device).member("ip", c.ip);
  w.member("user_agent", c.user_agent).member("role", to_string(c.user_role));
  w.member("scopes", to_string(c.scopes)).member("expires_at", c.expires_at);
  w.member("_refresh_hash", c.refresh_hash);
}

start load_start(const json::object& object) {
  start c;
  c.user_id = stored_id(object, "user_id");
  c.device = stored_text(object, "device");
  c.ip = stored_text(object, "ip");
  c.user_agent = stored_text(object, "user_agent");
  c.user_role = stored_role(object, "role");
  c.scopes = stored_scopes(object, "scopes");
  c.expires_at = stored_time(object, "expires_at");
  c.refresh_hash = stored_text(object, "_refresh_hash");
  return c;
}

void write(json_writer& w, const started& e) { write_start(w, e.content); }
void write(json_writer& w, const refreshed& e) { w.member("_refresh_hash", e.hash); }
void write(json_writer& w, const role_changed& e) { w.member("role", to_string(e.user_role)); }
void write(json_writer& w, const ended& e) {
  w.member("user_id", e.user_id).member("reason", e.reason);
}

constexpr event_row<event> event_rows[] = {
  {started::wire_name, [](const json::object& o) { return event(started{load_start(o)}); }},
  {refreshed::wire_name,
   [](const json::object& o) { return event(refreshed{stored_text(o, "_refresh_hash")}); }},
  {role_changed::wire_name,
   [](const json::object& o) { return event(role_changed{stored_role(o, "role")}); }},
  {ended::wire_name,
   [](const json::object& o) {
     return event(ended{stored_id(o, "user_id"), stored_text(o, "reason")});
   }},
};

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type, const json::value& args) {
  return decode_by<message>(rows, type, args, "a session");
}

event_draft encode(const event& e) {
  return std::visit(
    [](const auto& x) {
      return draft_of(x, [](json_writer& w, const auto& content) { write(w, content); });
    },
    e);
}

event decode_event(std::string_view type, std::string_view data) {
  return load_by<event>(event_rows, type, stored_object(data));
}

std::string save(const state& s) {
  json_writer w;
  w.open('{').member("is_started", s.is_started);
  if (!s.is_started)
    return w.close('}').take();
  write_start(w, s.content);
  w.member("created_at", s.created_at).member("last_seen_at", s.last_seen_at);
  w.member("rotated_at", s.rotated_at).member("previous_hash", s.previous_hash);
  w.member("timer_gen", s.timer_gen);
  if (s.is_ended)
    w.member("ended_at", s.ended_at);
  w.key("former").open('[');
  for (const auto hash : s.former) w.value(hash);
  return w.close(']').close('}').take();
}

state load(std::string_view text) {
  const auto object = stored_object(text);
  state s;
  s.is_started = stored_flag(object, "is_started");
  if (!s.is_started)
    return s;
  s.content = load_start(object);
  s.created_at = stored_time(object, "created_at");
  s.last_seen_at = stored_time(object, "last_seen_at");
  s.rotated_at = stored_time(object, "rotated_at");
  s.previous_hash = stored_text(object, "previous_hash");
  s.timer_gen = stored_number(object, "timer_gen");
  const auto ended_at = stored_maybe_time(object, "ended_at");
  s.is_ended = ended_at.has_value();
  s.ended_at = ended_at.value_or(timestamp{});
  for (const auto& hash : object.at("former").as_array())
    s.former.push_back(hash.to_number<std::uint64_t>());
  return s;
}

}  // namespace callboard::session
