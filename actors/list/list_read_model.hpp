#pragma once

#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard::list {

struct lists_query {
  uuid member;
  std::optional<bool> archived = false;  ///< nothing: any
  std::string name_contains;             ///< case-folded; empty: all
  bool descending = false;               ///< by creation time, then id
  std::optional<std::pair<timestamp, uuid>> after;  ///< where the last page ended
  std::size_t limit = 50;
};

struct list_entry {
  uuid id;
  timestamp created_at{};
};

/// Lists and tasks over all lists of a user, as the folds have them (they lag behind the journal by milliseconds).
/// Calls block and run on the `store.readers` pool.
class read_model {
 public:
  virtual ~read_model() = default;
  /// Lists the user is a member of, deleted ones left out.
  virtual result<std::vector<list_entry>> lists_of(const lists_query& query) = 0;
  /// Live lists that the user owns, for the limit of lists a user.
  virtual result<std::size_t> owned_count(const uuid& user) = 0;
  /// Lists of the user that hold a task with this id (live or trashed).
  virtual result<std::vector<uuid>> locate_task(const uuid& user, const uuid& task_id) = 0;
  /// True once every event of `list` up to `seq` is folded.
  virtual result<bool> folded(const uuid& list, std::uint64_t seq) = 0;
};

}  // namespace callboard::list
