#include "actors/list/list_args.hpp"

#include "actors/list/text_rules.hpp"

#include <algorithm>

namespace callboard::list {
namespace {

std::string_view view(const boost::json::string& s) { return {s.data(), s.size()}; }
std::string pointer_of(std::string_view name) { return "/" + std::string(name); }

/// RFC 6901: `~` and `/` within a name are escaped.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace

args_reader::args_reader(const value& args) : object_(args.if_object()) {
  if (!object_)
    fail("", "type", "an object is expected");
}

const args_reader::value* args_reader::take(std::string_view name) {
  taken_.push_back(name);
  return object_ ? object_->if_contains(boost::json::string_view(name.data(), name.size())) : nullptr;
}

void args_reader::fail(std::string_view pointer, std::string_view code, std::string detail,
                       std::optional<std::int64_t> limit) {
  // A hostile object has as many wrong members as it likes; the answer names the first.
  ++failed_;
  if (errors_.size() < errors_max)
    errors_.push_back({std::string(pointer), std::string(code), std::move(detail), limit});
}

std::optional<uuid> args_reader::id_of(std::string_view pointer, const value& v) {
  if (const auto* s = v.if_string()) {
    if (const auto id = parse_uuid(view(*s)))
      return id;
    fail(pointer, "pattern", "a UUID of 36 characters is expected");
  } else {
    fail(pointer, "type", "a UUID is expected");
  }
  return std::nullopt;
}

std::optional<std::string> args_reader::line_of(std::string_view pointer, const value& v, std::size_t least,
                                                std::size_t most) {
  const auto* s = v.if_string();
  if (!s) {
    fail(pointer, "type", "a text is expected");
    return std::nullopt;
  }
  if (has_control(view(*s), false)) {
    fail(pointer, "pattern", "control characters are not accepted");
    return std::nullopt;
  }
  const auto text = trimmed(view(*s));
  const auto length = code_points(text);
  if (length < least) {
    fail(pointer, "too_short", "min " + std::to_string(least) + " characters", static_cast<std::int64_t>(least));
    return std::nullopt;
  }
  if (length > most) {
    fail(pointer, "too_long", "max " + std::to_string(most) + " characters", static_cast<std::int64_t>(most));
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> args_reader::text_of(std::string_view pointer, const value& v, std::size_t bytes_max) {
  const auto* s = v.if_string();
  if (!s)
    fail(pointer, "type", "a text is expected");
  else if (has_control(view(*s), true))
    fail(pointer, "pattern", "of control characters only line ends and tabs are accepted");
  else if (s->size() > bytes_max)
    fail(pointer, "too_long", "max " + std::to_string(bytes_max) + " bytes", static_cast<std::int64_t>(bytes_max));
  else
    return std::string(view(*s));
  return std::nullopt;
}

std::optional<timestamp> args_reader::time_of(std::string_view pointer, const value& v) {
  if (const auto* s = v.if_string()) {
    if (const auto at = parse_rfc3339(view(*s)))
      return at;
    fail(pointer, "pattern", "an RFC 3339 date-time with zone is expected");
  } else {
    fail(pointer, "type", "a date-time is expected");
  }
  return std::nullopt;
}

std::optional<std::int64_t> args_reader::integer_of(std::string_view pointer, const value& v, std::int64_t least,
                                                    std::int64_t most) {
  std::int64_t number = 0;
  if (const auto* i = v.if_int64()) {
    number = *i;
  } else if (const auto* d = v.if_double(); d && *d >= -9.0e15 && *d <= 9.0e15 &&
                                            static_cast<double>(static_cast<std::int64_t>(*d)) == *d) {
    number = static_cast<std::int64_t>(*d);
  } else if (v.is_number()) {
    fail(pointer, v.is_uint64() ? "range" : "type", "a whole number is expected");
    return std::nullopt;
  } else {
    fail(pointer, "type", "a whole number is expected");
    return std::nullopt;
  }
  if (number >= least && number <= most)
    return number;
  fail(pointer, "range", std::to_string(least) + " to " + std::to_string(most), number < least ? least : most);
  return std::nullopt;
}

std::optional<bool> args_reader::flag_of(std::string_view pointer, const value& v) {
  if (const auto* b = v.if_bool())
    return *b;
  fail(pointer, "type", "true or false is expected");
  return std::nullopt;
}

const boost::json::array* args_reader::array_of(std::string_view pointer, const value& v, std::size_t most) {
  const auto* array = v.if_array();
  if (!array)
    fail(pointer, "type", "an array is expected");
  else if (array->size() > most)
    fail(pointer, "limit", "max " + std::to_string(most) + " items", static_cast<std::int64_t>(most));
  else
    return array;
  return nullptr;
}

uuid args_reader::id(std::string_view name) {
  if (const auto* v = take(name))
    return id_of(pointer_of(name), *v).value_or(uuid{});
  fail(pointer_of(name), "required", std::string(name) + " is required");
  return {};
}

std::string args_reader::line(std::string_view name, std::size_t least, std::size_t most) {
  if (const auto* v = take(name))
    return line_of(pointer_of(name), *v, least, most).value_or("");
  fail(pointer_of(name), "required", std::string(name) + " is required");
  return {};
}

std::optional<uuid> args_reader::maybe_id(std::string_view name) {
  const auto* v = take(name);
  return v && !v->is_null() ? id_of(pointer_of(name), *v) : std::nullopt;
}

std::optional<std::string> args_reader::maybe_line(std::string_view name, std::size_t least, std::size_t most) {
  const auto* v = take(name);
  return v && !v->is_null() ? line_of(pointer_of(name), *v, least, most) : std::nullopt;
}

std::optional<std::uint64_t> args_reader::maybe_natural(std::string_view name) {
  const auto* v = take(name);
  if (!v || v->is_null())
    return std::nullopt;
  const auto number = integer_of(pointer_of(name), *v, 0, INT64_MAX);
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

std::optional<placement> args_reader::maybe_place() {
  using place = placement::place;
  const auto *before = take("before"), *after = take("after"), *position = take("position");
  if (!before && !after && !position)
    return std::nullopt;
  placement at;
  if ((before != nullptr) + (after != nullptr) + (position != nullptr) > 1) {
    fail(before && after ? "/after" : "/position", "wrong", "only one of before, after and position may be given");
  } else if (position) {
    const auto* s = position->if_string();
    if (!s || (*s != "first" && *s != "last"))
      fail("/position", s ? "enum" : "type", "first or last is expected");
    else
      at.where = *s == "first" ? place::first : place::last;
  } else if (const auto& v = before ? *before : *after; v.is_null()) {
    at.where = before ? place::last : place::first;
  } else {
    at.where = before ? place::before : place::after;
    at.beside = id_of(before ? "/before" : "/after", v).value_or(uuid{});
  }
  return at;
}

void args_reader::refuse_rest(std::span<const std::string_view> known, bool ignore_known) {
  if (!object_)
    return;
  for (const auto& member : *object_) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(taken_.begin(), taken_.end(), name) != taken_.end())
      continue;
    const bool read_only = std::find(known.begin(), known.end(), name) != known.end();
    if (read_only && ignore_known)
      continue;
    fail("/" + escaped(name), read_only ? "read_only" : "unknown_member",
         read_only ? "only the server writes this" : "there is no such member");
  }
}

refusal args_reader::take_refusal() {
  const auto count = failed_;
  return {problem_code::validation, std::to_string(count) + (count == 1 ? " field is invalid" : " fields are invalid"),
          std::move(errors_), {}};
}

}  // namespace callboard::list
