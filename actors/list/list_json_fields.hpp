#pragma once

#include "actors/base/json_writer.hpp"
#include "actors/list/list_fields.hpp"

#include <boost/json.hpp>

#include <stdexcept>

namespace callboard::list {

// Internal to the codecs: how each type of field is written and read back.

inline constexpr std::string_view default_recurrence =
  R"({"pattern":"none","interval":1,"rrule":null,"anchor":"schedule","next_occurrence":null,"count":null,"until":null})";

inline void write(json_writer& w, const std::string& v) { w.value(v); }
inline void write(json_writer& w, bool v) { w.value(v); }
inline void write(json_writer& w, std::int64_t v) { w.value(v); }
inline void write(json_writer& w, const std::optional<std::int64_t>& v) { w.value(v); }
inline void write(json_writer& w, const instant& v) { w.value(v); }
inline void write(json_writer& w, task_status v) { w.value(to_string(v)); }
inline void write(json_writer& w, task_priority v) { w.value(to_string(v)); }
inline void write(json_writer& w, member_role v) { w.value(to_string(v)); }
inline void write(json_writer& w, const uuid& v) { v ? w.value(v) : w.value(nullptr); }
inline void write(json_writer& w, const date_text& v) {
  v.text.empty() ? w.value(nullptr) : w.value(v.text);
}
inline void write(json_writer& w, const reminders_text& v) { w.raw(v.json.empty() ? "[]" : v.json); }
inline void write(json_writer& w, const recurrence_text& v) {
  w.raw(v.json.empty() ? default_recurrence : std::string_view(v.json));
}
inline void write(json_writer& w, const std::vector<uuid>& ids) {
  w.open('[');
  for (const auto& id : ids)
    w.value(id);
  w.close(']');
}
inline void write(json_writer& w, const std::vector<assignee>& all) {
  w.open('[');
  for (const auto& a : all)
    w.open('{').member("user_id", a.user_id).member("role", a.role).close('}');
  w.close(']');
}
inline void write(json_writer& w, capability_set set) {
  w.open('[');
  for (std::size_t bit = 0; bit < capability_count; ++bit)
    if (set.bits >> bit & 1)
      w.value(capability_name(bit));
  w.close(']');
}
inline void write(json_writer& w, const list_settings& s) {
  w.open('{').member("has_time_tracking", s.has_time_tracking).member("has_due_dates", s.has_due_dates);
  w.member("is_auto_ordered", s.is_auto_ordered).close('}');
}

/// Writes the members that a patch changes.
template <class Patch>
void write_changes(json_writer& w, const Patch& patch) {
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    if (const auto& change = patch.*row.change) {
      w.key(row.name);
      write(w, *change);
    }
  });
}

/// Writes the present values of the members that a patch would change.
template <class Patch, class Fields>
void write_former(json_writer& w, const Patch& patch, const Fields& now) {
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    if (patch.*row.change) {
      w.key(row.name);
      write(w, now.*row.value);
    }
  });
}

// -- reading back what we wrote: damage throws --------------------------------------------------------

[[noreturn]] inline void damaged(std::string_view what) {
  throw std::runtime_error("damaged list data: " + std::string(what));
}
template <class T>
T need(std::optional<T> value, std::string_view what) {
  if (!value)
    damaged(what);
  return *value;
}

using json_value = boost::json::value;

inline std::string_view text_of(const json_value& v) {
  if (!v.is_string())
    damaged("no text");
  const auto& s = v.get_string();
  return {s.data(), s.size()};
}
inline void read(const json_value& v, std::string& out) { out = text_of(v); }
inline void read(const json_value& v, bool& out) { out = v.as_bool(); }
inline void read(const json_value& v, std::int64_t& out) { out = v.to_number<std::int64_t>(); }
inline void read(const json_value& v, std::uint64_t& out) { out = v.to_number<std::uint64_t>(); }
inline void read(const json_value& v, std::optional<std::int64_t>& out) {
  out = v.is_null() ? std::nullopt : std::optional(v.to_number<std::int64_t>());
}
inline void read(const json_value& v, timestamp& out) { out = need(parse_rfc3339(text_of(v)), "time"); }
inline void read(const json_value& v, instant& out) {
  if (v.is_null())
    out.reset();
  else
    read(v, out.emplace());
}
inline void read(const json_value& v, task_status& out) { out = need(parse_task_status(text_of(v)), "status"); }
inline void read(const json_value& v, task_priority& out) {
  out = need(parse_task_priority(text_of(v)), "priority");
}
inline void read(const json_value& v, member_role& out) { out = need(parse_member_role(text_of(v)), "role"); }
inline void read(const json_value& v, uuid& out) {
  out = v.is_null() ? uuid{} : need(parse_uuid(text_of(v)), "id");
}
inline void read(const json_value& v, date_text& out) { out.text = v.is_null() ? std::string() : std::string(text_of(v)); }
inline void read(const json_value& v, reminders_text& out) {
  out.json = v.as_array().empty() ? std::string() : boost::json::serialize(v);
}
inline void read(const json_value& v, recurrence_text& out) {
  out.json = boost::json::serialize(v);
  if (out.json == default_recurrence)
    out.json.clear();
}
inline void read(const json_value& v, std::vector<uuid>& out) {
  out.clear();
  for (const auto& id : v.as_array())
    read(id, out.emplace_back());
}
inline void read(const json_value& v, std::vector<assignee>& out) {
  out.clear();
  for (const auto& one : v.as_array()) {
    auto& a = out.emplace_back();
    read(one.as_object().at("user_id"), a.user_id);
    read(one.as_object().at("role"), a.role);
  }
}
inline void read(const json_value& v, capability_set& out) {
  out = {};
  for (const auto& name : v.as_array())
    for (std::size_t bit = 0; bit < capability_count; ++bit)
      if (capability_name(bit) == text_of(name))
        out.bits |= static_cast<std::uint8_t>(1u << bit);
}
inline void read(const json_value& v, list_settings& out) {
  const auto& o = v.as_object();
  out = {o.at("has_time_tracking").as_bool(), o.at("has_due_dates").as_bool(), o.at("is_auto_ordered").as_bool()};
}

/// Every field of a whole object.
template <class Patch, class Fields>
Fields read_fields(const boost::json::object& object) {
  Fields fields;
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    read(object.at(boost::json::string_view(row.name.data(), row.name.size())), fields.*row.value);
  });
  return fields;
}

/// The fields that an object of changes names.
template <class Patch>
Patch read_changes(const boost::json::object& object) {
  Patch patch;
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    if (const auto* v = object.if_contains(boost::json::string_view(row.name.data(), row.name.size())))
      read(*v, (patch.*row.change).emplace());
  });
  return patch;
}

}  // namespace callboard::list
