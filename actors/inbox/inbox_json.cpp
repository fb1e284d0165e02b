#include "actors/inbox/inbox_json.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/codec_tables.hpp"

#include <boost/json.hpp>

namespace callboard::inbox {
namespace {

message read_tell(args_reader& in) {
  tell c{in.text("event"), in.id("list_id"), in.text("name"), in.maybe_text("my_role")};
  if (!is_inbox_event(c.event))
    in.reject("event", "enum", "is nothing an inbox is told");
  return c;
}

constexpr message_row<message> rows[] = {{tell::type, read_tell}, {lists::type, read_plain<message, lists>}};

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args) {
  return decode_by<message>(rows, type, args, "an inbox");
}

event_draft encode(const event& e) {
  const auto& c = e.content;
  json_writer w;
  w.open('{')
    .member("list_id", c.list_id)
    .member("name", c.name)
    .member("my_role", c.my_role)
    .close('}');
  // An event about a list names that list as its part; one about a member means the user himself.
  auto part = c.event.starts_with("list.") ? to_string(c.list_id) : std::string();
  return {c.event + ".v1", std::move(part), share(w.take()), {}};
}

event decode_event(std::string_view type, std::string_view data) {
  const auto name = public_type(type);
  if (!type.ends_with(".v1") || !is_inbox_event(name))
    throw_unknown_event(type);
  const auto object = stored_object(data);
  return told{{std::string(name), stored_id(object, "list_id"), stored_text(object, "name"),
               stored_maybe_text(object, "my_role")}};
}

std::string save(const state& s) {
  json_writer w;
  w.open('{').key("lists").open('[');
  for (const auto& [id, entry] : s.lists)
    w.open('{')
      .member("id", id)
      .member("name", entry.name)
      .member("my_role", entry.my_role)
      .close('}');
  w.close(']').key("op_ids").open('[');
  for (const auto& op_id : s.op_ids) w.value(op_id);
  return w.close(']').close('}').take();
}

state load(std::string_view text) {
  const auto object = stored_object(text);
  state s;
  for (const auto& entry : object.at("lists").as_array()) {
    const auto& list = entry.as_object();
    s.lists[stored_id(list, "id")] = {stored_text(list, "name"), stored_text(list, "my_role")};
  }
  for (const auto& op_id : object.at("op_ids").as_array())
    remember(s, parse_uuid(op_id.as_string()).value());
  return s;
}

}  // namespace callboard::inbox
