#include "actors/session/session_json.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/args_reader.hpp"
#include "actors/typed/stored_json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::session {
namespace {

namespace json = boost::json;

std::string read_hash(args_reader& in, std::string_view name) {
  auto hash = in.text(name);
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hash.size() != 64 || !std::all_of(hash.begin(), hash.end(), is_hex))
    in.reject(name, "pattern", "must be 64 lower-case hex digits");
  return hash;
}

instance_role read_role(args_reader& in) {
  const auto role = parse_instance_role(in.text("role"));
  if (!role)
    in.reject("role", "enum", "must be player, admin or system");
  return role.value_or(instance_role::player);
}

message read_start(args_reader& in) {
  start c;
  c.user_id = in.id("user_id");
  c.device = in.maybe_text("device").value_or("");
  c.ip = in.maybe_text("ip").value_or("");
  c.user_agent = in.maybe_text("user_agent").value_or("");
  c.refresh_hash = read_hash(in, "refresh_hash");
  const auto scopes = parse_scopes(in.text("scopes"));
  if (!scopes)
    in.reject("scopes", "enum", "has an unknown scope");
  c.scopes = scopes.value_or(0);
  c.expires_at = in.time("expires_at");
  c.user_role = read_role(in);
  return c;
}

message read_refresh(args_reader& in) {
  return refresh{read_hash(in, "presented_hash"), read_hash(in, "successor_hash")};
}

struct reader {
  std::string_view type;
  message (*read)(args_reader&);
};

constexpr reader readers[] = {
  {start::type, read_start},
  {refresh::type, read_refresh},
  {revoke::type, [](args_reader& in) { return message(revoke{in.text("reason")}); }},
  {set_role::type, [](args_reader& in) { return message(set_role{read_role(in)}); }},
  {timer_fired::type,
   [](args_reader& in) {
     return message(timer_fired{in.text("name"), in.number("gen")});
   }},
  {confirm::type, [](args_reader& in) { return message(confirm{in.id("user_id")}); }},
  {get::type, [](args_reader&) { return message(get{}); }},
};

/// Members of a start; hashes begin with an underscore, which the auditors' views leave out.
void write_start(json_writer& w, const start& c) {
  w.member("user_id", c.user_id).member("device", c.device).member("ip", c.ip);
  w.member("user_agent", c.user_agent).member("role", to_string(c.user_role));
  w.member("scopes", to_string(c.scopes)).member("expires_at", c.expires_at);
  w.member("_refresh_hash", c.refresh_hash);
}

instance_role stored_role(const json::object& object) {
  const auto role = parse_instance_role(stored_text(object, "role"));
  if (!role)
    throw_unknown_event("a role");
  return *role;
}

start load_start(const json::object& object) {
  start c;
  c.user_id = stored_id(object, "user_id");
  c.device = stored_text(object, "device");
  c.ip = stored_text(object, "ip");
  c.user_agent = stored_text(object, "user_agent");
  c.user_role = stored_role(object);
  c.scopes = parse_scopes(stored_text(object, "scopes")).value_or(0);
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

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type, const json::value& args) {
  for (const auto& row : readers)
    if (row.type == type) {
      args_reader in(args);
      auto content = row.read(in);
      if (auto ok = in.finish(); !ok)
        return ok.error();
      return make_body(std::move(content));
    }
  return refuse_field("/type", "enum", "is no message of a session");
}

event_draft encode(const event& e) {
  return std::visit(
    [](const auto& x) {
      json_writer w;
      w.open('{');
      write(w, x);
      return event_draft{std::string(x.wire_name), {}, share(w.close('}').take()), {}};
    },
    e);
}

event decode_event(std::string_view type, std::string_view data) {
  const auto object = stored_object(data);
  if (type == started::wire_name)
    return started{load_start(object)};
  if (type == refreshed::wire_name)
    return refreshed{stored_text(object, "_refresh_hash")};
  if (type == role_changed::wire_name)
    return role_changed{stored_role(object)};
  if (type == ended::wire_name)
    return ended{stored_id(object, "user_id"), stored_text(object, "reason")};
  throw_unknown_event(type);
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
  s.is_started = object.at("is_started").as_bool();
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
