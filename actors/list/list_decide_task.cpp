#include "actors/list/list_decide.hpp"
#include "actors/list/list_json.hpp"

#include <algorithm>

namespace callboard::list {

outcome decider::shows_task(const uuid& id, std::uint16_t status) const {
  outcome out;
  out.status = status;
  out.shows = {subject::what::task, id};
  return out;
}

/// The task, once rights and preconditions hold.
result<const task*> decider::open_task(const uuid& id, capability_set needed) {
  if (!s_.exists() || s_.deleted_at || !me_)
    return not_found();
  const auto* t = s_.find_live(id);
  if (!t)
    return not_found();
  if (auto ok = may(needed); !ok)
    return ok.error();
  if (auto ok = if_match(t->rev, *t->json); !ok)
    return ok.error();
  return t;
}

result<outcome> decider::make_task(const uuid& id, task_patch patch, placement where) {
  if (auto ok = references_hold(nullptr, id, patch); !ok)
    return ok.error();
  if (s_.order.size() >= tasks_max)
    return refuse_field("", "limit", "max 10000 tasks in a list");
  auto key = key_for_task(where, {});
  if (!key)
    return key.error();
  task_created e{id, s_.last_number + 1, e_.who.user, {}};
  field_revs unused;
  if (patch.status == task_status::completed) {
    patch.completed_at = now_;
    patch.completed_by = e_.who.user;
  }
  patch.position = key->key;
  apply(e.fields, std::move(patch), unused, 0);
  if (auto ok = text_fits(text_size(e.fields)); !ok)
    return ok.error();
  auto out = shows_task(id, 201);
  out.events.emplace_back(std::move(e));
  if (key->rebalance) {
    auto order = order_without(id);
    order.insert({key->key, id});
    rebalance(out, order);
  }
  return out;
}

result<outcome> decider::on(const create_task& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  if (auto ok = id_is_free(c.id); !ok)
    return ok.error();
  if (c.list_id && *c.list_id != s_.id)
    return refuse_field("/list_id", "unknown", "this is another list");
  return make_task(c.id, c.fields, c.place);
}

result<outcome> decider::on(const replace_task& c) {
  const auto* t = s_.find_live(c.id);
  if (!e_.if_none_match_any) {
    if (auto open = open_task(c.id, items_write); !open)
      return open.error();
    auto patch = c.fields;
    return patch_task(*t, std::move(patch), std::nullopt);
  }
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = id_is_free(c.id); !ok)
    return ok.error();
  return make_task(c.id, c.fields, {});
}

result<outcome> decider::on(const update_task& c) {
  const auto t = open_task(c.id, items_write);
  if (!t)
    return t.error();
  auto patch = c.fields;
  return patch_task(**t, std::move(patch), c.base_rev);
}

/// What a new status brings along: who completed it and when, and a running timer stops.
void decider::follow_status(const task& t, task_patch& patch) const {
  const bool was = t.status == task_status::completed;
  const bool is = patch.status.value_or(t.status) == task_status::completed;
  if (was == is)
    return;
  patch.completed_at = is ? instant(now_) : instant();
  patch.completed_by = is ? e_.who.user : uuid{};
  if (is && t.started_at) {
    const auto ran = std::max<std::int64_t>((now_ - *t.started_at).count(), 0);
    patch.elapsed_ms = std::min(t.elapsed_ms + ran, duration_ms_max);
    patch.started_at.emplace();
  }
}

result<outcome> decider::patch_task(const task& t, task_patch patch, std::optional<std::uint64_t> base_rev) {
  if (auto ok = base_holds(patch, t, base_rev, *t.json); !ok)
    return ok.error();
  reduce(t, patch);
  if (auto ok = references_hold(&t, t.id, patch); !ok)
    return ok.error();
  follow_status(t, patch);
  const bool is_completed = patch.status == task_status::completed;
  const bool was_completed = patch.status && t.status == task_status::completed;
  const auto verb = is_completed                           ? task_verb::completed
                    : was_completed                        ? task_verb::reopened
                    : patch.section_id || patch.parent_id ? task_verb::moved
                                                           : task_verb::updated;
  return change_task(t, verb, std::move(patch), true);
}

result<outcome> decider::change_task(const task& t, task_verb verb, task_patch patch, bool show) {
  auto out = show ? shows_task(t.id) : outcome{};
  if (!show)
    out.status = 204;
  if (!reduce(t, patch))
    return out;
  task_fields grown;
  if (patch.title)
    grown.title = *patch.title;
  if (patch.description)
    grown.description = *patch.description;
  const auto less = (patch.title ? t.title.size() : 0) + (patch.description ? t.description.size() : 0);
  if (auto ok = text_fits(text_size(grown), less); !ok)
    return ok.error();
  out.events.emplace_back(task_changed{verb, t.id, std::move(patch)});
  return out;
}

result<outcome> decider::on(const complete_task& c) {
  const auto t = open_task(c.id, items_write);
  if (!t)
    return t.error();
  task_patch patch;
  patch.status = task_status::completed;
  follow_status(**t, patch);
  return change_task(**t, task_verb::completed, std::move(patch), true);
}

result<outcome> decider::on(const reopen_task& c) {
  const auto t = open_task(c.id, items_write);
  if (!t)
    return t.error();
  task_patch patch;
  if ((*t)->status == task_status::completed)
    patch.status = task_status::pending;
  follow_status(**t, patch);
  return change_task(**t, task_verb::reopened, std::move(patch), true);
}

result<outcome> decider::on(const move_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  const auto& t = **found;
  if (c.list_id && *c.list_id != s_.id)
    return refuse_field("/list_id", "unknown_member", "moving to another list comes later");
  task_patch patch;
  patch.section_id = c.section_id;
  patch.parent_id = c.parent_id;
  reduce(t, patch);
  if (auto ok = references_hold(&t, t.id, patch); !ok)
    return ok.error();
  auto key = key_for_task(c.place, t.id);
  if (!key)
    return key.error();
  patch.position = key->key;
  auto out = change_task(t, task_verb::moved, std::move(patch), true);
  if (out && key->rebalance) {
    auto order = order_without(t.id);
    order.insert({key->key, t.id});
    rebalance(*out, order);
  }
  return out;
}

// -- set operations: idempotent, answered 204 ----------------------------------------------------------

result<outcome> decider::on(const tag_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  if (!s_.tags.contains(c.tag_id))
    return not_found();
  task_patch patch;
  auto tags = (*found)->tags;
  if (!c.on)
    std::erase(tags, c.tag_id);
  else if (std::find(tags.begin(), tags.end(), c.tag_id) == tags.end())
    tags.push_back(c.tag_id);
  patch.tags = std::move(tags);
  if (auto ok = counts_hold(patch); !ok)
    return ok.error();
  return change_task(**found, c.on ? task_verb::tagged : task_verb::untagged, std::move(patch), false);
}

result<outcome> decider::on(const assign_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  if (!s_.find_member(c.user_id))
    return not_found();
  task_patch patch;
  auto all = (*found)->assignees;
  const auto there = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.user_id == c.user_id; });
  if (there == all.end())
    all.push_back({c.user_id, c.role.value_or("assignee")});
  else if (c.role)
    there->role = *c.role;
  patch.assignees = std::move(all);
  if (auto ok = counts_hold(patch); !ok)
    return ok.error();
  return change_task(**found, task_verb::assigned, std::move(patch), false);
}

result<outcome> decider::on(const unassign_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  task_patch patch;
  auto all = (*found)->assignees;
  const auto gone = std::erase_if(all, [&](const auto& a) { return a.user_id == c.user_id; });
  if (!gone && !s_.find_member(c.user_id))
    return not_found();
  patch.assignees = std::move(all);
  return change_task(**found, task_verb::unassigned, std::move(patch), false);
}

result<outcome> decider::on(const depend_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  const auto& t = **found;
  auto ids = t.depends_on;
  const bool there = std::find(ids.begin(), ids.end(), c.task_id) != ids.end();
  if (!s_.find_live(c.task_id) && !(there && !c.on))
    return not_found();
  task_patch patch;
  if (!c.on)
    std::erase(ids, c.task_id);
  else if (!there)
    ids.push_back(c.task_id);
  patch.depends_on = std::move(ids);
  if (auto ok = references_hold(&t, t.id, patch, true); !ok)
    return ok.error();
  return change_task(t, task_verb::updated, std::move(patch), false);
}

// -- time tracking ----------------------------------------------------------------------------------------

result<outcome> decider::on(const start_timer& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  task_patch patch;
  if (!(*found)->started_at)
    patch.started_at = now_;
  patch.status = task_status::in_progress;
  follow_status(**found, patch);
  return change_task(**found, task_verb::timer_started, std::move(patch), true);
}

result<outcome> decider::on(const pause_timer& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  const auto& t = **found;
  if (!t.started_at)
    return shows_task(t.id);
  task_patch patch;
  const auto ran = std::max<std::int64_t>((now_ - *t.started_at).count(), 0);
  patch.elapsed_ms = std::min(t.elapsed_ms + ran, duration_ms_max);
  patch.started_at.emplace();
  patch.status = task_status::paused;
  return change_task(t, task_verb::timer_paused, std::move(patch), true);
}

result<outcome> decider::on(const reset_timer& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  task_patch patch;
  patch.elapsed_ms = 0;
  patch.started_at.emplace();
  return change_task(**found, task_verb::timer_reset, std::move(patch), true);
}

}  // namespace callboard::list
