#pragma once

#include "actors/base/event.hpp"
#include "actors/list/list_query.hpp"

#include <unordered_set>

namespace callboard::list {

/// What the list of today says to a reader of its past.
struct standing {
  std::uint64_t head = 0;
  member_role role = member_role::viewer;
  /// Tasks that it still keeps, trashed ones included: the others were purged.
  std::unordered_set<uuid, uuid_hash> tasks;
};
/// From the answer to get_standing.
result<standing> read_standing(const answer& said);

/// A list as it stood once, and who looks.
struct past_list {
  state then;
  standing now;
};

/// Applies one event of the journal; throws std::runtime_error on damage.
void apply_recorded(state& s, const recorded_event& event);

/// Takes out of a past state what was purged since. Its position stays.
void leave_out_purged(past_list& past);

/// Answers as `ask`, but from the past: who was no member then reads with the role that he has today.
answer ask(const past_list& past, const query& q, const principal& who);

}  // namespace callboard::list
