#include "net/asyncapi.hpp"

#include "actors/base/json_writer.hpp"
#include "net/frame_tables.hpp"

namespace callboard::net {
namespace {

std::string_view schema_of(member_type type) {
  switch (type) {
    case member_type::text: return R"({"type":"string")";
    case member_type::natural: return R"({"type":"integer","minimum":0)";
    case member_type::nullable_text: return R"({"type":["string","null"])";
    case member_type::nullable_natural: return R"({"type":["integer","null"],"minimum":0)";
    case member_type::flag: return R"({"type":"boolean")";
    case member_type::object: return R"({"type":"object")";
    case member_type::array: return R"({"type":"array")";
    case member_type::id: return R"({"type":["string","integer"],"maxLength":64)";
    case member_type::scalar: return R"({"type":["string","number"])";
  }
  return "{";
}

/// `client_sub`, `server_ev`: some frames of the two sides have one name.
std::string message_key(std::string_view side, const frame_row& row) { return std::string(side) + "_" + std::string(row.t); }

void append_payload(json_writer& w, const frame_row& row) {
  w.key("payload").open('{').member("type", "object").key("properties").open('{');
  w.key("t").open('{').member("const", row.t).close('}');
  for (const auto& member : row.members) {
    json_writer about;
    about.value(member.about);
    w.raw_member(member.name, std::string(schema_of(member.type)) + ",\"description\":" + about.take() + "}");
  }
  w.close('}').key("required").open('[').value("t");
  for (const auto& member : row.members)
    if (member.needed)
      w.value(member.name);
  w.close(']');
  if (row.closed)
    w.member("additionalProperties", false);
  w.close('}');
}

void append_messages(json_writer& w, std::string_view side, std::span<const frame_row> rows) {
  for (const auto& row : rows) {
    w.key(message_key(side, row)).open('{').member("name", row.t).member("summary", row.about);
    append_payload(w, row);
    w.close('}');
  }
}

void append_references(json_writer& w, std::string_view side, std::span<const frame_row> rows, std::string_view where) {
  for (const auto& row : rows) {
    const auto key = message_key(side, row);
    if (where == "channel")
      w.key(key).open('{').member("$ref", "#/components/messages/" + key).close('}');
    else
      w.open('{').member("$ref", "#/channels/socket/messages/" + key).close('}');
  }
}

void append_operation(json_writer& w, std::string_view name, std::string_view action, std::string_view side,
                      std::span<const frame_row> rows) {
  w.key(name).open('{').member("action", action);
  w.key("channel").open('{').member("$ref", "#/channels/socket").close('}');
  w.key("messages").open('[');
  append_references(w, side, rows, "operation");
  w.close(']').close('}');
}

}  // namespace

std::string asyncapi_json(std::string_view version) {
  json_writer w(32 * 1024);
  w.open('{').member("asyncapi", "3.0.0").key("info").open('{').member("title", "Callboard events");
  w.member("version", version);
  w.member("description", "WebSocket, subprotocol callboard.v1. A message is one frame or an array of frames.").close('}');
  w.member("defaultContentType", "application/json");
  w.key("channels").open('{').key("socket").open('{').member("address", "/v1/ws").key("messages").open('{');
  append_references(w, "client", client_frames(), "channel");
  append_references(w, "server", server_frames(), "channel");
  w.close('}').close('}').close('}');
  // As the server, whose document this is, sees it.
  w.key("operations").open('{');
  append_operation(w, "fromClient", "receive", "client", client_frames());
  append_operation(w, "toClient", "send", "server", server_frames());
  w.close('}').key("components").open('{').key("messages").open('{');
  append_messages(w, "client", client_frames());
  append_messages(w, "server", server_frames());
  return w.close('}').close('}').close('}').take();
}

}  // namespace callboard::net
