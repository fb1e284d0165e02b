#pragma once

#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace callboard::list {

// -- words ------------------------------------------------------------------------------------

enum class task_status : std::uint8_t { pending, in_progress, paused, completed, cancelled };
enum class task_priority : std::uint8_t { low, medium, high, urgent };
enum class member_role : std::uint8_t { owner, editor, viewer };

std::string_view to_string(task_status status) noexcept;
std::string_view to_string(task_priority priority) noexcept;
std::string_view to_string(member_role role) noexcept;
std::optional<task_status> parse_task_status(std::string_view name) noexcept;
std::optional<task_priority> parse_task_priority(std::string_view name) noexcept;
std::optional<member_role> parse_member_role(std::string_view name) noexcept;

/// Rights within a list (API.md section 20), one bit each.
struct capability_set {
  std::uint8_t bits = 0;
  bool operator==(const capability_set&) const = default;
  constexpr bool has(capability_set other) const { return (bits & other.bits) == other.bits; }
};
inline constexpr capability_set items_write{1}, comments_write{2}, list_update{4}, members_manage{8},
  hooks_manage{16}, list_delete{32};

capability_set capabilities_of(member_role role) noexcept;
std::string_view capability_name(std::size_t bit) noexcept;
inline constexpr std::size_t capability_count = 6;

// -- values that JSON shows in a form of their own ----------------------------------------------

/// A calendar date; empty is null.
struct date_text {
  std::string text;
  bool operator==(const date_text&) const = default;
};
/// Validated reminders as JSON text; empty is `[]`.
struct reminders_text {
  std::string json;
  bool operator==(const reminders_text&) const = default;
};
/// A validated recurrence as JSON text; empty is the default, pattern `none`.
struct recurrence_text {
  std::string json;
  bool operator==(const recurrence_text&) const = default;
};
struct assignee {
  uuid user_id;
  std::string role;
  bool operator==(const assignee&) const = default;
};
struct list_settings {
  bool has_time_tracking = false;
  bool has_due_dates = true;
  bool is_auto_ordered = false;
  bool operator==(const list_settings&) const = default;
};

using instant = std::optional<timestamp>;

// -- fields of each part, and what a change of them looks like -----------------------------------

struct list_fields {
  std::string name, key, color, description;
  list_settings settings;
  instant archived_at, deleted_at;
  bool operator==(const list_fields&) const = default;
};
struct list_patch {
  std::optional<std::string> name, key, color, description;
  std::optional<list_settings> settings;
  std::optional<instant> archived_at, deleted_at;
};

struct section_fields {
  std::string name, position;
  bool operator==(const section_fields&) const = default;
};
struct section_patch {
  std::optional<std::string> name, position;
};

struct tag_fields {
  std::string name, color;
  bool operator==(const tag_fields&) const = default;
};
struct tag_patch {
  std::optional<std::string> name, color;
};

struct member_fields {
  std::string name;
  member_role role = member_role::viewer;
  capability_set capabilities;
  bool operator==(const member_fields&) const = default;
};
struct member_patch {
  std::optional<std::string> name;
  std::optional<member_role> role;
  std::optional<capability_set> capabilities;
};

struct task_fields {
  uuid section_id, parent_id;  ///< nil: null
  std::string title, description;
  task_status status = task_status::pending;
  task_priority priority = task_priority::medium;
  date_text due_date;
  instant due_at, start_at, remind_at;
  reminders_text reminders;
  recurrence_text recurrence;
  std::vector<uuid> tags;
  std::vector<assignee> assignees;
  std::vector<uuid> depends_on;
  std::string position;
  bool is_unclear = false;
  std::optional<std::int64_t> expected_ms;
  std::int64_t elapsed_ms = 0;
  instant started_at, completed_at;
  uuid completed_by;
  bool operator==(const task_fields&) const = default;
};
struct task_patch {
  std::optional<uuid> section_id, parent_id;
  std::optional<std::string> title, description;
  std::optional<task_status> status;
  std::optional<task_priority> priority;
  std::optional<date_text> due_date;
  std::optional<instant> due_at, start_at, remind_at;
  std::optional<reminders_text> reminders;
  std::optional<recurrence_text> recurrence;
  std::optional<std::vector<uuid>> tags;
  std::optional<std::vector<assignee>> assignees;
  std::optional<std::vector<uuid>> depends_on;
  std::optional<std::string> position;
  std::optional<bool> is_unclear;
  std::optional<std::optional<std::int64_t>> expected_ms;
  std::optional<std::int64_t> elapsed_ms;
  std::optional<instant> started_at, completed_at;
  std::optional<uuid> completed_by;
};

// -- the tables that codecs, patches and per-field revs go by -------------------------------------

/// One member of the wire object, where it lives, and where a patch holds its new value.
template <class Fields, class Patch, class T>
struct field_row {
  std::string_view name;
  T Fields::*value;
  std::optional<T> Patch::*change;
};
template <class Fields, class Patch, class T>
field_row(const char*, T Fields::*, std::optional<T> Patch::*) -> field_row<Fields, Patch, T>;

inline constexpr std::tuple list_rows{
  field_row{"name", &list_fields::name, &list_patch::name},
  field_row{"key", &list_fields::key, &list_patch::key},
  field_row{"color", &list_fields::color, &list_patch::color},
  field_row{"description", &list_fields::description, &list_patch::description},
  field_row{"settings", &list_fields::settings, &list_patch::settings},
  field_row{"archived_at", &list_fields::archived_at, &list_patch::archived_at},
  field_row{"deleted_at", &list_fields::deleted_at, &list_patch::deleted_at}};
inline constexpr std::tuple section_rows{
  field_row{"name", &section_fields::name, &section_patch::name},
  field_row{"position", &section_fields::position, &section_patch::position}};
inline constexpr std::tuple tag_rows{field_row{"name", &tag_fields::name, &tag_patch::name},
                                     field_row{"color", &tag_fields::color, &tag_patch::color}};
inline constexpr std::tuple member_rows{
  field_row{"name", &member_fields::name, &member_patch::name},
  field_row{"role", &member_fields::role, &member_patch::role},
  field_row{"capabilities", &member_fields::capabilities, &member_patch::capabilities}};
inline constexpr std::tuple task_rows{
  field_row{"section_id", &task_fields::section_id, &task_patch::section_id},
  field_row{"parent_id", &task_fields::parent_id, &task_patch::parent_id},
  field_row{"title", &task_fields::title, &task_patch::title},
  field_row{"description", &task_fields::description, &task_patch::description},
  field_row{"status", &task_fields::status, &task_patch::status},
  field_row{"priority", &task_fields::priority, &task_patch::priority},
  field_row{"due_date", &task_fields::due_date, &task_patch::due_date},
  field_row{"due_at", &task_fields::due_at, &task_patch::due_at},
  field_row{"start_at", &task_fields::start_at, &task_patch::start_at},
  field_row{"remind_at", &task_fields::remind_at, &task_patch::remind_at},
  field_row{"reminders", &task_fields::reminders, &task_patch::reminders},
  field_row{"recurrence", &task_fields::recurrence, &task_patch::recurrence},
  field_row{"tags", &task_fields::tags, &task_patch::tags},
  field_row{"assignees", &task_fields::assignees, &task_patch::assignees},
  field_row{"depends_on", &task_fields::depends_on, &task_patch::depends_on},
  field_row{"position", &task_fields::position, &task_patch::position},
  field_row{"is_unclear", &task_fields::is_unclear, &task_patch::is_unclear},
  field_row{"expected_ms", &task_fields::expected_ms, &task_patch::expected_ms},
  field_row{"elapsed_ms", &task_fields::elapsed_ms, &task_patch::elapsed_ms},
  field_row{"started_at", &task_fields::started_at, &task_patch::started_at},
  field_row{"completed_at", &task_fields::completed_at, &task_patch::completed_at},
  field_row{"completed_by", &task_fields::completed_by, &task_patch::completed_by}};

constexpr const auto& rows_of(const list_patch*) { return list_rows; }
constexpr const auto& rows_of(const section_patch*) { return section_rows; }
constexpr const auto& rows_of(const tag_patch*) { return tag_rows; }
constexpr const auto& rows_of(const member_patch*) { return member_rows; }
constexpr const auto& rows_of(const task_patch*) { return task_rows; }

/// Calls f(field number, row) for every field of the part that `Patch` changes.
template <class Patch, class F>
void each_field(F&& f) {
  std::apply(
    [&](const auto&... row) {
      std::uint8_t number = 0;
      (f(number++, row), ...);
    },
    rows_of(static_cast<const Patch*>(nullptr)));
}

/// Drops what a patch would set to the value that is there; true if anything is left.
template <class Fields, class Patch>
bool reduce(const Fields& now, Patch& patch) {
  bool any = false;
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    auto& change = patch.*row.change;
    if (change && *change == now.*row.value)
      change.reset();
    any = any || change.has_value();
  });
  return any;
}

/// When each field changed last: since the whole was written at `base`, or later for those listed.
struct field_revs {
  std::uint64_t base = 0;
  std::vector<std::pair<std::uint8_t, std::uint64_t>> later;

  std::uint64_t of(std::uint8_t field) const {
    for (const auto& [f, rev] : later)
      if (f == field)
        return rev;
    return base;
  }
  void set(std::uint8_t field, std::uint64_t rev) {
    for (auto& [f, r] : later)
      if (f == field) {
        r = rev;
        return;
      }
    later.emplace_back(field, rev);
  }
};

/// Moves a patch's values into the fields and notes the rev of each.
template <class Fields, class Patch>
void apply(Fields& fields, Patch&& patch, field_revs& revs, std::uint64_t rev) {
  each_field<std::decay_t<Patch>>([&](std::uint8_t number, const auto& row) {
    if (auto& change = patch.*row.change) {
      fields.*row.value = std::move(*change);
      revs.set(number, rev);
    }
  });
}

}  // namespace callboard::list
