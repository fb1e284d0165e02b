#include "actors/typed/args_reader.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard {
namespace {

namespace json = boost::json;

std::string pointer_to(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::optional<std::uint64_t> natural(const json::value& v) {
  if (v.is_uint64())
    return v.get_uint64();
  if (v.is_int64() && v.get_int64() >= 0)
    return static_cast<std::uint64_t>(v.get_int64());
  return std::nullopt;
}

}  // namespace

args_reader::args_reader(const json::value& args) : object_(args.if_object()) {
  if (!object_)
    errors_.push_back({"", "type", "must be an object", {}});
}

bool args_reader::has(std::string_view name) const { return object_ && object_->contains(name); }

bool args_reader::is_null(std::string_view name) const {
  const auto* v = object_ ? object_->if_contains(name) : nullptr;
  return v && v->is_null();
}

bool args_reader::is_text(std::string_view name) const {
  const auto* v = object_ ? object_->if_contains(name) : nullptr;
  return v && v->is_string();
}

const json::value* args_reader::find(std::string_view name, bool required) {
  asked_.push_back(name);
  if (!object_)
    return nullptr;
  const auto* v = object_->if_contains(name);
  if (required && !v)
    reject(name, "required", "must be given");
  return v && (required || !v->is_null()) ? v : nullptr;
}

std::optional<std::string> args_reader::maybe_text(std::string_view name) {
  const auto* v = find(name, false);
  if (!v)
    return std::nullopt;
  if (v->is_string())
    return std::string(v->get_string());
  reject(name, "type", "must be a string");
  return std::string();
}

std::string args_reader::text(std::string_view name) {
  const auto* v = find(name, true);
  if (v && v->is_string())
    return std::string(v->get_string());
  if (v)
    reject(name, "type", "must be a string");
  return {};
}

uuid args_reader::id(std::string_view name) {
  const auto* v = find(name, true);
  if (!v)
    return {};
  const auto id = v->is_string() ? parse_uuid(v->get_string()) : std::nullopt;
  if (!id)
    reject(name, v->is_string() ? "pattern" : "type", "must be a UUID in 36 characters");
  return id.value_or(uuid{});
}

std::optional<uuid> args_reader::maybe_id(std::string_view name) {
  if (has(name) && !is_null(name))
    return id(name);
  asked_.push_back(name);
  return std::nullopt;
}

timestamp args_reader::time(std::string_view name) {
  const auto* v = find(name, true);
  if (!v)
    return {};
  const auto at = v->is_string() ? parse_rfc3339(v->get_string()) : std::nullopt;
  if (!at)
    reject(name, v->is_string() ? "pattern" : "type", "must be an RFC 3339 time");
  return at.value_or(timestamp{});
}

std::uint64_t args_reader::number(std::string_view name) {
  const auto* v = find(name, true);
  if (!v)
    return 0;
  const auto n = natural(*v);
  if (!n)
    reject(name, "type", "must be a natural number");
  return n.value_or(0);
}

std::optional<std::uint64_t> args_reader::maybe_number(std::string_view name) {
  if (has(name) && !is_null(name))
    return number(name);
  asked_.push_back(name);
  return std::nullopt;
}

std::optional<timestamp> args_reader::maybe_time(std::string_view name) {
  if (has(name) && !is_null(name))
    return time(name);
  asked_.push_back(name);
  return std::nullopt;
}

std::vector<std::string> args_reader::texts(std::string_view name) {
  std::vector<std::string> out;
  const auto* v = find(name, true);
  const auto* array = v ? v->if_array() : nullptr;
  if (v && !array)
    reject(name, "type", "must be an array of strings");
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    if ((*array)[i].is_string())
      out.emplace_back((*array)[i].get_string());
    else
      reject({pointer_to(name) + '/' + std::to_string(i), "type", "must be a string", {}});
  }
  return out;
}

instance_role args_reader::role(std::string_view name) {
  const auto role = parse_instance_role(text(name));
  if (!role && is_text(name))
    reject(name, "enum", "must be player, admin or system");
  return role.value_or(instance_role::player);
}

std::string args_reader::hash(std::string_view name) {
  auto hash = text(name);
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hash.size() != 64 || !std::all_of(hash.begin(), hash.end(), is_hex))
    reject(name, "pattern", "must be 64 lower-case hex digits");
  return hash;
}

bool args_reader::maybe_flag(std::string_view name) {
  const auto* v = find(name, false);
  if (v && !v->is_bool())
    reject(name, "type", "must be true or false");
  return v && v->is_bool() && v->get_bool();
}

void args_reader::reject(std::string_view name, std::string code, std::string detail,
                         std::optional<std::int64_t> limit) {
  reject(field_error{pointer_to(name), std::move(code), std::move(detail), limit});
}

void args_reader::reject(field_error error) { errors_.push_back(std::move(error)); }

void args_reader::reject_read_only(std::string_view name) {
  asked_.push_back(name);
  reject(name, "read_only", "cannot be set");
}

result<void> args_reader::finish() {
  if (object_)
    for (const auto& member : *object_) {
      const std::string_view key = member.key();
      if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
        reject(key, "unknown_member", "is not known here");
    }
  if (errors_.empty())
    return {};
  return refuse_fields(std::move(errors_));
}

refusal refuse_fields(std::vector<field_error> errors) {
  // A hostile object has as many wrong members as it likes; the answer names the first.
  constexpr std::size_t errors_max = 100;
  const auto count = errors.size();
  if (count > errors_max)
    errors.resize(errors_max);
  auto detail =
    count == 1 ? std::string("1 field is invalid") : std::to_string(count) + " fields are invalid";
  return refusal{problem_code::validation, std::move(detail), std::move(errors), {}};
}

}  // namespace callboard
