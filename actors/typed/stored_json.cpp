#include "actors/typed/stored_json.hpp"

#include "actors/base/json_reader.hpp"

#include <boost/json.hpp>

#include <stdexcept>

namespace callboard {
namespace {

[[noreturn]] void throw_damaged(std::string_view name) {
  throw std::runtime_error("stored member " + std::string(name) + " is damaged");
}

template <class T>
T sound(std::optional<T> value, std::string_view name) {
  if (!value)
    throw_damaged(name);
  return *std::move(value);
}

}  // namespace

boost::json::object stored_object(std::string_view text) {
  auto value = parse_trusted_json(text);
  if (!value || !value->is_object())
    throw std::runtime_error("stored JSON is no object");
  return std::move(value->get_object());
}

std::optional<std::string> stored_maybe_text(const boost::json::object& object,
                                             std::string_view name) {
  const auto* v = object.if_contains(name);
  if (!v || v->is_null())
    return std::nullopt;
  if (!v->is_string())
    throw_damaged(name);
  return std::string(v->get_string());
}

std::string stored_text(const boost::json::object& object, std::string_view name) {
  return sound(stored_maybe_text(object, name), name);
}

uuid stored_id(const boost::json::object& object, std::string_view name) {
  return sound(parse_uuid(stored_text(object, name)), name);
}

std::optional<uuid> stored_maybe_id(const boost::json::object& object, std::string_view name) {
  const auto text = stored_maybe_text(object, name);
  if (!text)
    return std::nullopt;
  return sound(parse_uuid(*text), name);
}

timestamp stored_time(const boost::json::object& object, std::string_view name) {
  return sound(parse_rfc3339(stored_text(object, name)), name);
}

std::optional<timestamp> stored_maybe_time(const boost::json::object& object,
                                           std::string_view name) {
  const auto text = stored_maybe_text(object, name);
  if (!text)
    return std::nullopt;
  return sound(parse_rfc3339(*text), name);
}

std::uint64_t stored_number(const boost::json::object& object, std::string_view name) {
  const auto* v = object.if_contains(name);
  if (!v || !v->is_number())
    throw_damaged(name);
  return v->to_number<std::uint64_t>();
}

bool stored_flag(const boost::json::object& object, std::string_view name) {
  const auto* v = object.if_contains(name);
  if (!v || !v->is_bool())
    throw_damaged(name);
  return v->get_bool();
}

instance_role stored_role(const boost::json::object& object, std::string_view name) {
  return sound(parse_instance_role(stored_text(object, name)), name);
}

scope_set stored_scopes(const boost::json::object& object, std::string_view name) {
  return sound(parse_scopes(stored_text(object, name)), name);
}

void throw_unknown_event(std::string_view type) {
  throw std::runtime_error("unknown event type " + std::string(type));
}

}  // namespace callboard
