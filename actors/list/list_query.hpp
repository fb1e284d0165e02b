#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/list/list.hpp"

#include <chrono>
#include <memory>
#include <variant>

namespace callboard::list {

/// Any of some ids, or (`none`) tasks without one; no filter while both are empty.
struct id_filter {
  std::vector<uuid> any;
  bool none = false;
};

/// A bound on when tasks are due: an instant, or (with `date`) a calendar day of the caller.
struct due_bound {
  timestamp instant{};  ///< for a date: where that day begins for the caller
  std::string date;     ///< YYYY-MM-DD, or empty
};

enum class task_sort : std::uint8_t { position, number, created_at, updated_at, due_at, priority, title };
struct sort_key {
  task_sort field = task_sort::position;
  bool descending = false;
};

/// What `…/tasks` may be asked for; the edge reads it from the query string.
struct tasks_filter {
  std::vector<task_status> status;
  std::vector<task_priority> priority;
  id_filter section, parent, tag, assignee;
  std::optional<due_bound> due_after, due_before;  ///< ≥ and <
  std::optional<timestamp> updated_after;          ///< ≥
  std::chrono::minutes utc_offset{0};              ///< the caller's zone, for due dates without time
  bool include_deleted = false;
  std::vector<sort_key> sort;  ///< empty: position
  std::string cursor;          ///< as `next_cursor` gave it; empty: from the start
  std::size_t limit = 50;
};

/// Reads `position,-due_at`; nothing if a name is unknown, given twice, or missing.
std::optional<std::vector<sort_key>> parse_sort(std::string_view text);

struct get_list {
  bool sections = false, tasks = false, tags = false, members = false;
  bool include_deleted = false;
};
struct get_task {
  uuid id;
  bool include_deleted = false;
};
struct find_tasks {
  tasks_filter filter;
};
/// The tasks among `ids` that there are, in the order asked.
struct get_tasks {
  std::vector<uuid> ids;
  bool include_deleted = false;
};
struct get_sections {};
struct get_tags {};
struct get_members {};
struct get_trash {
  std::string cursor;
  std::size_t limit = 50;
};
/// The caller's own role and name, for edges that judge rights beforehand.
struct get_member_role {};

/// What a reader of the past must know of today (list_past.hpp): the caller's role as one piece, and as another the ids
/// of all tasks that are kept, 16 bytes each.
struct get_standing {
  bool include_deleted = false;
};

using query = std::variant<get_list, get_task, find_tasks, get_tasks, get_sections, get_tags,
                           get_members, get_trash, get_member_role, get_standing>;

/// The body of a query envelope.
std::shared_ptr<const message_body> make_query(query q);
/// The type that a query's envelope carries: `list.get`, `tasks.list`, …
std::string_view type_of(const query& q) noexcept;

/// Answers a query of `who` from the state. 404 unless he is a member and (or include_deleted) it lives.
answer ask(const state& s, const query& q, const principal& who);
/// The same with the rights of `me`; null: of nobody.
answer ask_as(const state& s, const query& q, const principal& who, const member* me);

}  // namespace callboard::list
