#include "actors/base/json_writer.hpp"

#include <charconv>
#include <cmath>

namespace callboard {
namespace {

constexpr bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

void append_escaped(std::string& out, char c) {
  constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default:
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(static_cast<unsigned char>(text[i])))
      continue;
    out.append(text, plain, i - plain);
    append_escaped(out, text[i]);
    plain = i + 1;
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

json_writer& json_writer::value(std::string_view text) {
  comma();
  append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number))
    return raw("null");
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return raw({text, static_cast<std::size_t>(end - text)});
}

json_writer& json_writer::value(const uuid& id) {
  comma();
  out_ += '"';
  append_to(out_, id);
  out_ += '"';
  return *this;
}

json_writer& json_writer::value(timestamp at) {
  comma();
  out_ += '"';
  append_rfc3339(out_, at);
  out_ += '"';
  return *this;
}

json_writer& json_writer::integer(std::int64_t number) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return raw({text, static_cast<std::size_t>(end - text)});
}

json_writer& json_writer::natural(std::uint64_t number) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return raw({text, static_cast<std::size_t>(end - text)});
}

}  // namespace callboard
