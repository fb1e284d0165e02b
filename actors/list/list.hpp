#pragma once

#include "actors/base/bytes.hpp"
#include "actors/list/list_fields.hpp"

#include <map>
#include <set>
#include <unordered_map>
#include <variant>

namespace callboard::list {

// -- limits (API.md section 4) ---------------------------------------------------------------------

inline constexpr std::size_t tasks_max = 10'000;
inline constexpr std::size_t trashed_max = 10'000;
inline constexpr std::size_t members_max = 500;
inline constexpr std::size_t sections_max = 1'000;
inline constexpr std::size_t tags_max = 1'000;
inline constexpr std::size_t task_tags_max = 50;
inline constexpr std::size_t task_assignees_max = 20;
inline constexpr std::size_t task_depends_max = 100;
inline constexpr std::size_t subtask_depth_max = 5;
inline constexpr std::size_t text_bytes_max = 16u << 20;
inline constexpr std::size_t position_length_max = 64;
inline constexpr std::int64_t duration_ms_max = 1'000'000'000'000;
inline constexpr std::chrono::days trash_kept{30};

// -- state -----------------------------------------------------------------------------------------

struct section : section_fields {
  uuid id;
  std::uint64_t rev = 0, digest_term = 0;
  field_revs revs;
};
struct tag : tag_fields {
  uuid id;
  std::uint64_t rev = 0, digest_term = 0;
  field_revs revs;
};
struct member : member_fields {
  uuid user_id;
  timestamp since{};
  field_revs revs;
};
struct task : task_fields {
  uuid id;
  std::uint64_t number = 0, rev = 0, digest_term = 0;
  std::uint64_t deleted_seq = 0;  ///< seq of the deletion, which names those deleted together; 0: live
  uuid created_by, deleted_by;
  timestamp created_at{}, updated_at{};
  instant deleted_at;
  std::uint32_t children = 0;  ///< tasks, trashed ones included, that name it as their parent
  field_revs revs;
  shared_text json;  ///< the Task object of API.md section 2

  bool live() const { return deleted_seq == 0; }
};

struct by_position {
  bool operator()(const task* a, const task* b) const {
    return std::tie(a->position, a->id) < std::tie(b->position, b->id);
  }
};
struct by_deletion {
  bool operator()(const task* a, const task* b) const {
    return std::tie(a->deleted_seq, a->id) < std::tie(b->deleted_seq, b->id);
  }
};

/// One list. Changed by evolve() alone.
struct state : list_fields {
  uuid id;
  std::uint64_t seq = 0, rev = 0, digest = 0, digest_term = 0;
  std::uint64_t deleted_seq = 0, last_number = 0;
  uuid deleted_by;
  bool purged = false;
  timestamp created_at{}, updated_at{};
  field_revs revs;
  std::map<uuid, section> sections;
  std::map<uuid, tag> tags;
  std::map<uuid, member> members;
  std::unordered_map<uuid, task, uuid_hash> tasks;
  std::set<const task*, by_position> order;  ///< live tasks
  std::set<const task*, by_deletion> trash;
  std::size_t text_bytes = 0;  ///< all text that callers wrote, trashed tasks included

  bool exists() const { return seq != 0 && !purged; }
  const task* find_task(const uuid& task_id) const {
    const auto i = tasks.find(task_id);
    return i == tasks.end() ? nullptr : &i->second;
  }
  const task* find_live(const uuid& task_id) const {
    const auto* found = find_task(task_id);
    return found && found->live() ? found : nullptr;
  }
  const member* find_member(const uuid& user) const {
    const auto i = members.find(user);
    return i == members.end() ? nullptr : &i->second;
  }
};

// -- commands: what a caller asks for --------------------------------------------------------------

/// Where a task or section goes: beside another, or at an end of the list.
struct placement {
  enum class place : std::uint8_t { last, first, before, after } where = place::last;
  uuid beside;  ///< for before and after
};

struct settings_patch {
  std::optional<bool> has_time_tracking, has_due_dates, is_auto_ordered;
};
/// A list command may name its list once more.
struct about_list {
  std::optional<uuid> id;
};

struct create_list : about_list {
  list_patch fields;
  settings_patch settings;
  std::string owner_name;
};
struct update_list : about_list {
  list_patch fields;
  settings_patch settings;
  bool default_settings = false;
  std::optional<std::uint64_t> base_rev;
};
struct replace_list : create_list {};
struct archive_list : about_list {};
struct unarchive_list : about_list {};
struct delete_list : about_list {};
struct restore_list : about_list {};
struct purge_list : about_list {};
struct reorder_tasks : about_list {
  struct move {
    uuid id;
    placement place;
  };
  std::vector<uuid> task_ids;
  std::vector<move> moves;
};

struct create_section {
  uuid id;
  std::string name;
  placement place;
};
struct update_section {
  uuid id;
  section_patch fields;
  std::optional<placement> place;
  std::optional<std::uint64_t> base_rev;
};
struct delete_section {
  uuid id;
};
struct create_tag {
  uuid id;
  tag_fields fields;
};
struct update_tag {
  uuid id;
  tag_patch fields;
  std::optional<std::uint64_t> base_rev;
};
struct delete_tag {
  uuid id;
};

struct add_member {
  uuid user_id;
  std::string name;
  member_role role = member_role::viewer;
  std::optional<capability_set> capabilities;  ///< nothing: the role's
};
struct update_member {
  uuid user_id;
  std::optional<member_role> role;
  /// Nothing inside: back to the role's.
  std::optional<std::optional<capability_set>> capabilities;
  std::optional<std::uint64_t> base_rev;
};
struct remove_member {
  uuid user_id;
};
/// From a user's account: his name is another now.
struct rename_member {
  uuid user_id;
  std::string name;
};
/// From a user's account: it is over. He leaves; a list without another owner goes into the trash.
struct forget_member {
  uuid user_id;
};

struct create_task {
  uuid id;
  std::optional<uuid> list_id;
  task_patch fields;
  placement place;
};
struct update_task {
  uuid id;
  task_patch fields;
  std::optional<std::uint64_t> base_rev;
};
struct replace_task {
  uuid id;
  task_patch fields;  ///< every writable field
};
struct complete_task {
  uuid id;
};
struct reopen_task {
  uuid id;
};
struct delete_task {
  uuid id;
};
struct restore_task {
  uuid id;
};
struct purge_task {
  uuid id;
};
struct move_task {
  uuid id;
  std::optional<uuid> list_id, section_id, parent_id;
  placement place;
};
struct tag_task {
  uuid id, tag_id;
  bool on = true;
};
struct assign_task {
  uuid id, user_id;
  std::optional<std::string> role;
};
struct unassign_task {
  uuid id, user_id;
};
struct depend_task {
  uuid id, task_id;
  bool on = true;
};
struct start_timer {
  uuid id;
};
struct pause_timer {
  uuid id;
};
struct reset_timer {
  uuid id;
};
/// A durable timer of this list is due.
struct timer_fired {
  std::string name;
  std::uint64_t gen = 0;
};

using command =
  std::variant<create_list, update_list, replace_list, archive_list, unarchive_list, delete_list,
               restore_list, purge_list, reorder_tasks, create_section, update_section,
               delete_section, create_tag, update_tag, delete_tag, add_member, update_member,
               remove_member, rename_member, forget_member, create_task, update_task, replace_task, complete_task, reopen_task,
               delete_task, restore_task, purge_task, move_task, tag_task, assign_task,
               unassign_task, depend_task, start_timer, pause_timer, reset_timer, timer_fired>;

// -- events: what happened -------------------------------------------------------------------------

enum class list_verb : std::uint8_t { updated, archived, unarchived, deleted, restored, purged };
enum class task_verb : std::uint8_t {
  updated, moved, completed, reopened, assigned, unassigned, tagged, untagged,
  timer_started, timer_paused, timer_reset
};

struct list_created {
  list_fields fields;
};
struct list_changed {
  list_verb verb{};
  list_patch patch;
  uuid by;  ///< who deleted it
};
struct section_created {
  uuid id;
  section_fields fields;
};
struct section_changed {
  uuid id;
  section_patch patch;
};
struct section_deleted {
  uuid id;
  std::vector<uuid> tasks;  ///< live ones that lose it
};
struct tag_created {
  uuid id;
  tag_fields fields;
};
struct tag_changed {
  uuid id;
  tag_patch patch;
};
struct tag_deleted {
  uuid id;
  std::vector<uuid> tasks;
};
struct member_added {
  uuid user_id;
  member_fields fields;
};
struct member_changed {
  uuid user_id;
  member_patch patch;
};
struct member_removed {
  uuid user_id;
  std::vector<uuid> tasks;
};
struct task_created {
  uuid id;
  std::uint64_t number = 0;
  uuid created_by;
  task_fields fields;
};
struct task_changed {
  task_verb verb{};
  uuid id;
  task_patch patch;
};
struct task_deleted {
  uuid id;
  uuid by;
  timestamp deleted_at{};
  std::vector<uuid> tasks;  ///< itself first, then its live subtasks, parents before children
};
struct task_restored {
  uuid id;
  task_fields fields;
};
struct task_purged {
  uuid id;
};
struct tasks_reordered {
  std::vector<std::pair<uuid, std::string>> positions;
};

using event = std::variant<list_created, list_changed, section_created, section_changed,
                           section_deleted, tag_created, tag_changed, tag_deleted, member_added,
                           member_changed, member_removed, task_created, task_changed, task_deleted,
                           task_restored, task_purged, tasks_reordered>;

/// Applies one event as number seq + 1. Never refuses; throws std::runtime_error on damaged history.
void evolve(state& s, event&& e, timestamp at);

/// Puts a task into the map and the indexes; renders nothing and leaves its parent's count of children.
void insert_task(state& s, task&& t);

/// What a part adds to the digest: the first 8 bytes of SHA-256 of `kind:id:rev`.
std::uint64_t digest_term(std::string_view kind, const uuid& id, std::uint64_t rev);

/// Bytes of text that callers wrote into a part.
std::size_t text_size(const task_fields& t);
std::size_t text_size(const list_fields& l);

}  // namespace callboard::list
