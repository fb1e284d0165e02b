#include "actors/base/json_reader.hpp"
#include "net/frame_tables.hpp"
#include "net/frames.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace callboard::net {
namespace {

namespace json = boost::json;

constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t patterns_max = 100;

bool holds(const json::value& value, member_type type) {
  switch (type) {
    case member_type::text: return value.is_string();
    case member_type::natural: return value.is_int64() || value.is_uint64();
    case member_type::flag: return value.is_bool();
    case member_type::object: return value.is_object();
    case member_type::array: return value.is_array();
    case member_type::id: return value.is_string() || value.is_int64() || value.is_uint64();
    case member_type::scalar: return value.is_string() || value.is_number();
    case member_type::nullable_text: return value.is_null() || value.is_string();
    case member_type::nullable_natural: return value.is_null() || holds(value, member_type::natural);
  }
  return false;
}

const char* wanted(member_type type) {
  switch (type) {
    case member_type::text: return " must be a string";
    case member_type::natural: return " must be an integer";
    case member_type::nullable_text: return " must be a string or null";
    case member_type::nullable_natural: return " must be an integer or null";
    case member_type::flag: return " must be true or false";
    case member_type::object: return " must be an object";
    case member_type::array: return " must be an array";
    case member_type::id: return " must be a string or an integer";
    case member_type::scalar: return " must be a number or a string";
  }
  return "";
}

/// Reads one frame's members; remembers the first break of the protocol and every value out of range.
class frame_reader {
 public:
  /// Holds the frame against its row: what is missing or of the wrong type breaks the protocol.
  frame_reader(const json::object& from, const frame_row& row) : from_(from), row_(row) {
    for (const auto& member : row.members) {
      const auto* value = from.if_contains(member.name);
      if (!value && member.needed)
        break_protocol(member.name, " is missing");
      else if (value && !holds(*value, member.type))
        break_protocol(member.name, wanted(member.type));
    }
  }

  bool broken() const { return !broken_.empty(); }
  refusal protocol_error() const { return refuse(problem_code::bad_request, broken_); }

  void break_protocol(std::string_view member, const char* why) {
    if (broken_.empty())
      broken_ = std::string(member) + why;
  }
  void refuse_value(std::string pointer, std::string code, std::string detail) {
    errors_.push_back({std::move(pointer), std::move(code), std::move(detail), {}});
  }

  const json::value* find(std::string_view name) const { return from_.if_contains(name); }

  std::string text(std::string_view name) const {
    const auto* value = find(name);
    return value && value->is_string() ? std::string(std::string_view(value->get_string())) : std::string();
  }

  bool flag(std::string_view name) const {
    const auto* value = find(name);
    return value && value->is_bool() && value->get_bool();
  }

  const json::object* object(std::string_view name) const {
    const auto* value = find(name);
    return value ? value->if_object() : nullptr;
  }

  std::optional<std::uint64_t> number(std::string_view name) {
    const auto* value = find(name);
    return value ? natural(*value, name, '/' + std::string(name)) : std::nullopt;
  }

  std::optional<std::uint64_t> natural(const json::value& value, std::string_view name, std::string pointer) {
    if (value.is_uint64())
      return value.get_uint64();
    if (!value.is_int64()) {
      break_protocol(name, " must be an integer");
      return std::nullopt;
    }
    if (value.get_int64() < 0) {
      refuse_value(std::move(pointer), "range", "must not be negative");
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(value.get_int64());
  }

  frame_id id() {
    const auto* value = find("id");
    if (!value || !holds(*value, member_type::id))
      return {};
    if (value->is_string() && value->get_string().size() > id_bytes_max) {
      refuse_value("/id", "too_long", "at most 64 bytes");
      return {};
    }
    id_ = json::serialize(*value);
    return id_;
  }

  /// The frame, or what is wrong with it.
  result<client_frame> finish(client_frame frame) {
    if (broken())
      return protocol_error();
    if (row_.closed)
      refuse_unknown();
    if (errors_.empty())
      return frame;
    const auto count = errors_.size();
    return client_frame(refused_frame{
      id_, {problem_code::validation, std::to_string(count) + (count == 1 ? " field is" : " fields are") + " invalid",
            std::move(errors_), {}}});
  }

 private:
  void refuse_unknown() {
    const auto is_known = [this](std::string_view name) {
      return name == "t" || std::any_of(row_.members.begin(), row_.members.end(),
                                        [name](const frame_member& each) { return each.name == name; });
    };
    for (const auto& member : from_)
      if (!is_known(member.key()))
        refuse_value('/' + std::string(std::string_view(member.key())), "unknown_member",
                     "this member is not known");
  }

  const json::object& from_;
  const frame_row& row_;
  std::string broken_;
  std::vector<field_error> errors_;
  frame_id id_;
};

/// `{epoch, seq}`. An epoch that is no epoch of ours is another history, not an error.
void read_position(frame_reader& reader, const json::object& from, const std::string& pointer, sub_frame& into) {
  const auto* epoch = from.if_contains("epoch");
  const auto* seq = from.if_contains("seq");
  if (!epoch || !epoch->is_string())
    return reader.break_protocol("epoch", " must be a string");
  if (!seq)
    return reader.break_protocol("seq", " is missing");
  const auto number = reader.natural(*seq, "seq", pointer + "/seq");
  if (!number)
    return;
  into.since = position{parse_epoch(std::string_view(epoch->get_string())).value_or(0), *number};
}

void read_filter(frame_reader& reader, sub_frame& into) {
  const auto* value = reader.find("events");
  if (!value || !value->is_array())
    return;
  const auto& patterns = value->get_array();
  if (patterns.empty() || patterns.size() > patterns_max)
    reader.refuse_value("/events", "range", "1 to 100 event types");
  auto filter = std::make_shared<event_filter>();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (!patterns[i].is_string())
      return reader.break_protocol("events", " must hold strings");
    if (!filter->add(std::string_view(patterns[i].get_string())))
      reader.refuse_value("/events/" + std::to_string(i), "pattern", "an event type, or one like task.*");
  }
  into.events = std::move(filter);
}

void read_wish(frame_reader& reader, sub_frame& into) {
  const auto wish = reader.text("snapshot");
  if (wish == "always")
    into.snapshot = snapshot_wish::always;
  else if (wish == "never")
    into.snapshot = snapshot_wish::never;
  else if (reader.find("snapshot") && wish != "auto")
    reader.refuse_value("/snapshot", "enum", "auto, always or never");
}

result<client_frame> read_sub(frame_reader& reader) {
  sub_frame frame{reader.id(), reader.text("stream"), {}, snapshot_wish::automatic, {}};
  if (const auto* since = reader.object("since"))
    read_position(reader, *since, "/since", frame);
  read_wish(reader, frame);
  read_filter(reader, frame);
  return reader.finish(std::move(frame));
}

result<client_frame> read_hello(frame_reader& reader) {
  hello_frame frame;
  if (reader.find("token"))
    frame.token = reader.text("token");
  if (const auto* resume = reader.object("resume"))
    for (const auto& entry : *resume) {
      sub_frame one;
      one.stream = std::string_view(entry.key());
      if (!entry.value().is_object())
        reader.break_protocol("resume", " must hold positions");
      else
        read_position(reader, entry.value().get_object(), "/resume", one);
      frame.resume.push_back(std::move(one));
    }
  return reader.finish(std::move(frame));
}

result<client_frame> read_cmd(frame_reader& reader, std::size_t bytes) {
  cmd_frame frame;
  frame.id = reader.id();
  frame.stream = reader.text("stream");
  frame.type = reader.text("type");
  const auto op_id = reader.text("op_id");
  if (const auto parsed = parse_uuid(op_id))
    frame.op_id = *parsed;
  else if (reader.find("op_id"))
    reader.refuse_value("/op_id", "pattern", "must be a UUID");
  const auto* args = reader.object("args");
  frame.args = args ? std::make_shared<json::object>(*args) : std::make_shared<json::object>();
  frame.if_rev = reader.number("if_rev");
  frame.base_rev = reader.number("base_rev");
  frame.async = reader.flag("async");
  frame.bytes = bytes;
  return reader.finish(std::move(frame));
}

result<client_frame> read_ping(frame_reader& reader) {
  ping_frame frame;
  if (const auto* ts = reader.find("ts")) {
    if (ts->is_string() && ts->get_string().size() > id_bytes_max)
      reader.refuse_value("/ts", "too_long", "at most 64 bytes");
    else
      frame.ts = json::serialize(*ts);
  }
  return reader.finish(std::move(frame));
}

result<client_frame> read_idle(frame_reader& reader) {
  reader.number("seq");
  return reader.finish(idle_frame{});
}

result<client_frame> read_frame(const json::value& value, std::size_t bytes) {
  if (!value.is_object())
    return refuse(problem_code::bad_request, "a frame is a JSON object");
  const auto& object = value.get_object();
  const auto* t = object.if_contains("t");
  const auto kind = t && t->is_string() ? std::string_view(t->get_string()) : std::string_view();
  const auto* row = client_frame_row(kind);
  if (!row)
    return refuse(problem_code::bad_request, "t names no frame");
  frame_reader reader(object, *row);
  if (kind == "cmd")
    return read_cmd(reader, bytes);
  if (kind == "sub")
    return read_sub(reader);
  if (kind == "unsub")
    return reader.finish(unsub_frame{reader.id(), reader.text("stream")});
  if (kind == "auth")
    return reader.finish(auth_frame{reader.id(), reader.text("token")});
  if (kind == "ping")
    return read_ping(reader);
  if (kind == "hello")
    return read_hello(reader);
  return read_idle(reader);
}

}  // namespace

result<std::vector<client_frame>> decode_message(std::string_view text) {
  const auto value = parse_json(text);
  if (!value)
    return value.error();
  std::vector<client_frame> frames;
  const auto add = [&](const json::value& one) -> result<void> {
    auto frame = read_frame(one, text.size());
    if (!frame)
      return frame.error();
    frames.push_back(std::move(*frame));
    return {};
  };
  if (!value->is_array()) {
    if (const auto added = add(*value); !added)
      return added.error();
    return frames;
  }
  const auto& array = value->get_array();
  if (array.empty() || array.size() > frames_a_message_max)
    return refuse(problem_code::bad_request, "an array holds 1 to 100 frames");
  for (const auto& one : array)
    if (const auto added = add(one); !added)
      return added.error();
  return frames;
}

std::optional<std::uint64_t> parse_epoch(std::string_view text) {
  std::uint64_t epoch = 0;
  if (text.size() != 16)
    return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch, 16);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return epoch;
}

frame_id id_of(const client_frame& frame) {
  return std::visit(
    [](const auto& one) -> frame_id {
      if constexpr (requires { one.id; })
        return one.id;
      else
        return {};
    },
    frame);
}

bool event_filter::add(std::string_view pattern) {
  const auto dot = pattern.find('.');
  const auto word = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  };
  if (pattern.size() > id_bytes_max || dot == std::string_view::npos || !word(pattern.substr(0, dot)))
    return false;
  const auto verb = pattern.substr(dot + 1);
  if (verb != "*" && !word(verb))
    return false;
  if (verb == "*")
    prefixes_.emplace_back(pattern.substr(0, dot + 1));
  else
    exact_.emplace_back(pattern);
  return true;
}

bool event_filter::passes(std::string_view type) const noexcept {
  return std::find(exact_.begin(), exact_.end(), type) != exact_.end() ||
         std::any_of(prefixes_.begin(), prefixes_.end(), [&](const auto& prefix) { return type.starts_with(prefix); });
}

}  // namespace callboard::net
