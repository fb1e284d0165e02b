#include "actors/list/list_decide.hpp"

#include <algorithm>
#include <unordered_set>

namespace callboard::list {
namespace {

refusal unknown_at(std::string pointer) {
  return refuse_field(std::move(pointer), "unknown", "there is no such thing in this list");
}
refusal too_many(std::string pointer, std::size_t most) {
  auto why = refuse_field(std::move(pointer), "limit", "max " + std::to_string(most));
  why.errors[0].limit = static_cast<std::int64_t>(most);
  return why;
}
template <class T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

/// Rules (cycles, 409) come before references and counts (422).
decider::check decider::references_hold(const task* t, const uuid& id, const task_patch& patch, bool in_path) const {
  if (patch.parent_id && *patch.parent_id)
    if (auto ok = parent_holds(t, id, *patch.parent_id); !ok)
      return ok;
  if (patch.depends_on)
    if (auto ok = depends_hold(t, id, *patch.depends_on, in_path); !ok)
      return ok;
  if (patch.section_id && *patch.section_id && !s_.sections.contains(*patch.section_id))
    return unknown_at("/section_id");
  if (patch.tags)
    for (std::size_t i = 0; i < patch.tags->size(); ++i)
      if (!s_.tags.contains((*patch.tags)[i]))
        return unknown_at("/tags/" + std::to_string(i));
  if (patch.assignees)
    for (std::size_t i = 0; i < patch.assignees->size(); ++i)
      if (!s_.find_member((*patch.assignees)[i].user_id))
        return unknown_at("/assignees/" + std::to_string(i) + "/user_id");
  return counts_hold(patch);
}

decider::check decider::counts_hold(const task_patch& patch) const {
  if (patch.tags && patch.tags->size() > task_tags_max)
    return too_many("/tags", task_tags_max);
  if (patch.assignees && patch.assignees->size() > task_assignees_max)
    return too_many("/assignees", task_assignees_max);
  if (patch.depends_on && patch.depends_on->size() > task_depends_max)
    return too_many("/depends_on", task_depends_max);
  return {};
}

decider::check decider::parent_holds(const task* t, const uuid& id, const uuid& parent) const {
  for (auto up = parent; up;) {
    if (up == id)
      return refuse(problem_code::cycle, "a task cannot be its own ancestor");
    const auto* above = s_.find_task(up);
    up = above ? above->parent_id : uuid{};
  }
  if (!s_.find_live(parent))
    return unknown_at("/parent_id");
  if (depth_of(parent) + (t ? height_of(id) : 1) > subtask_depth_max)
    return too_many("/parent_id", subtask_depth_max);
  return {};
}

/// How many tasks are above and including this one, itself counted as 0 at the top.
std::size_t decider::depth_of(const uuid& id) const {
  std::size_t depth = 0;
  const auto* t = s_.find_task(id);
  while (t && t->parent_id && depth <= subtask_depth_max) {
    ++depth;
    t = s_.find_task(t->parent_id);
  }
  return depth;
}

/// Levels that a task and its subtasks take.
std::size_t decider::height_of(const uuid& id) const {
  const auto* t = s_.find_task(id);
  if (!t || !t->children)
    return 1;
  const auto top = depth_of(id);
  std::size_t deepest = top;
  for (const auto& member : live_family(*t))
    deepest = std::max(deepest, depth_of(member));
  return deepest - top + 1;
}

/// A task and its live subtasks, parents before children.
std::vector<uuid> decider::live_family(const task& t) const {
  std::vector<uuid> family{t.id};
  std::size_t parents = t.children;
  for (std::size_t level = 0; parents && level < family.size();) {
    // One pass a level: all children of those found since the last pass.
    const std::unordered_set<uuid, uuid_hash> above(family.begin() + static_cast<std::ptrdiff_t>(level), family.end());
    level = family.size();
    parents = 0;
    for (const auto* other : s_.order)
      if (other->parent_id && above.contains(other->parent_id)) {
        family.push_back(other->id);
        parents += other->children;
      }
  }
  return family;
}

/// Ids that the task names already may stay, even if what they name is in the trash by now.
decider::check decider::depends_hold(const task* t, const uuid& id, const std::vector<uuid>& ids, bool in_path) const {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == id || depends_on(ids[i], id))
      return refuse(problem_code::cycle, "a task cannot depend on itself, directly or through others");
    if (!s_.find_live(ids[i]) && !(t && holds(t->depends_on, ids[i])))
      return in_path ? not_found() : unknown_at("/depends_on/" + std::to_string(i));
  }
  return {};
}

bool decider::depends_on(const uuid& from, const uuid& wanted) const {
  std::unordered_set<uuid, uuid_hash> seen{from};
  std::vector<uuid> left{from};
  while (!left.empty()) {
    const auto* t = s_.find_task(left.back());
    left.pop_back();
    if (!t)
      continue;
    for (const auto& id : t->depends_on) {
      if (id == wanted)
        return true;
      if (seen.insert(id).second)
        left.push_back(id);
    }
  }
  return false;
}

}  // namespace callboard::list
