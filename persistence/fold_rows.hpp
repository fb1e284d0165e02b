#pragma once

#include "actors/base/event.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace callboard {

/// Which columns of a row an upsert sets; the others keep what they have.
enum class list_column : std::uint32_t {
  name = 1, created_at = 2, archived_at = 4, deleted = 8, all = 15,
};

/// A row of `lists(id PK, rev, name, name_folded, created_at, archived_at, deleted)`.
struct list_change {
  std::uint64_t rev = 0;   ///< seq of the event; upserts carry `where rev < excluded.rev`
  std::uint32_t mask = 0;  ///< list_column
  std::string name, name_folded;
  timestamp created_at{};
  std::optional<timestamp> archived_at;
  bool deleted = false;
};

/// A row of `list_member(user_id, list_id, rev, role; PK (user_id, list_id))`. Without a role: not a member (delete).
struct member_change {
  std::uint64_t rev = 0;
  std::string role;
};

/// What up to 2,000 events come to: one change a row. Keys are sorted, so that pages are touched in order.
struct fold_rows {
  /// Lists that were purged: all rows of them go, before anything below is written.
  std::map<uuid, std::uint64_t> purged_lists;
  std::map<uuid, list_change> lists;
  std::map<std::pair<uuid, uuid>, member_change> members;  ///< by (list, user)
  /// By (list, task): is it there? Rows of `tasks(id, list_id)`, which says where a task is and nothing else.
  std::map<std::pair<uuid, uuid>, bool> tasks;
  std::size_t events = 0;   ///< taken in
  std::size_t skipped = 0;  ///< could not be read: damage or a type not projected yet
};

/// Takes one event into the rows.
void take_in(fold_rows& rows, const recorded_event& event);

/// Name for search and comparison: NFC, full case folding.
std::string fold_case(std::string_view text);

}  // namespace callboard
