#include "actors/list/fractional_index.hpp"
#include "actors/list/list_decide.hpp"
#include "actors/list/list_json.hpp"

#include <algorithm>
#include <unordered_set>

namespace callboard::list {
namespace {

std::string timer_of(const uuid& id) { return "purge:task:" + to_string(id); }

bool holds(const std::vector<uuid>& all, const uuid& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

}  // namespace

result<outcome> decider::on(const delete_task& c) {
  const auto found = open_task(c.id, items_write);
  if (!found)
    return found.error();
  auto family = live_family(**found);
  outcome out;
  out.status = 204;
  task_deleted e{c.id, e_.who.user, now_, std::move(family)};
  out.timers.push_back({timer_of(c.id), s_.seq + 1, now_ + trash_kept});
  const auto coming = e.tasks.size();
  out.events.emplace_back(std::move(e));
  make_room(out, coming);
  return out;
}

/// A trashed task and what was deleted with it below it, parents before children.
std::vector<uuid> decider::trashed_family(const task& t) const {
  std::vector<const task*> together;
  for (auto i = s_.trash.lower_bound(&t); i != s_.trash.begin() && (*std::prev(i))->deleted_seq == t.deleted_seq;)
    together.push_back(*--i);
  for (auto i = s_.trash.lower_bound(&t); i != s_.trash.end() && (*i)->deleted_seq == t.deleted_seq; ++i)
    if (*i != &t)
      together.push_back(*i);
  std::vector<uuid> family{t.id};
  std::unordered_set<uuid, uuid_hash> in{t.id};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto* other : together)
      if (other->parent_id && in.contains(other->parent_id) && in.insert(other->id).second) {
        family.push_back(other->id);
        grown = true;
      }
  }
  return family;
}

/// The fields a restored task comes back with: it loses a parent, section, tag or member that is gone.
task_fields decider::without_gone(const task& t, const std::vector<uuid>& returning) const {
  task_fields fields = t;
  if (fields.parent_id && !s_.find_live(fields.parent_id) && !holds(returning, fields.parent_id))
    fields.parent_id = {};
  if (fields.section_id && !s_.sections.contains(fields.section_id))
    fields.section_id = {};
  std::erase_if(fields.tags, [&](const uuid& id) { return !s_.tags.contains(id); });
  std::erase_if(fields.assignees, [&](const assignee& a) { return !s_.find_member(a.user_id); });
  return fields;
}

result<outcome> decider::on(const restore_task& c) {
  const auto* t = s_.find_task(c.id);
  if (!s_.exists() || s_.deleted_at || !me_ || !t)
    return not_found();
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match(t->rev, *t->json); !ok)
    return ok.error();
  auto out = shows_task(c.id);
  if (t->live())
    return out;
  const auto family = trashed_family(*t);
  if (s_.order.size() + family.size() > tasks_max)
    return refuse_field("", "limit", "max 10000 tasks in a list");
  // Its old place may be taken by now; two live tasks never share a key.
  std::set<std::string, std::less<>> taken;
  for (const auto* other : s_.order)
    taken.insert(other->position);
  for (const auto& id : family) {
    task_restored e{id, without_gone(*s_.find_task(id), family)};
    if (const auto [there, is_free] = taken.insert(e.fields.position); !is_free) {
      const auto next = std::next(there);
      e.fields.position = key_between(*there, next == taken.end() ? std::string_view() : std::string_view(*next));
      taken.insert(e.fields.position);
    }
    out.events.emplace_back(std::move(e));
  }
  out.timers.push_back({timer_of(c.id), t->deleted_seq, std::nullopt});
  return out;
}

void decider::purge_family(outcome& out, const std::vector<uuid>& family) const {
  // Children first: while a purge is half applied no task names a parent that is gone.
  for (auto id = family.rbegin(); id != family.rend(); ++id) {
    const auto* t = s_.find_task(*id);
    out.events.emplace_back(task_purged{*id});
    out.timers.push_back({timer_of(*id), t->deleted_seq, std::nullopt});
  }
}

result<outcome> decider::on(const purge_task& c) {
  const auto* t = s_.find_task(c.id);
  if (!s_.exists() || s_.deleted_at || !me_ || !t || t->live())
    return not_found();
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match(t->rev, *t->json); !ok)
    return ok.error();
  outcome out;
  out.status = 204;
  purge_family(out, trashed_family(*t));
  return out;
}

/// Purges the oldest of the trash, each with what was deleted with it, until there is room for more.
void decider::make_room(outcome& out, std::size_t coming) const {
  if (s_.trash.size() + coming <= trashed_max)
    return;
  std::size_t left = s_.trash.size();
  for (auto i = s_.trash.begin(); i != s_.trash.end() && left + coming > trashed_max;) {
    const auto group = (*i)->deleted_seq;
    for (; i != s_.trash.end() && (*i)->deleted_seq == group; ++i, --left) {
      out.events.emplace_back(task_purged{(*i)->id});
      out.timers.push_back({timer_of((*i)->id), group, std::nullopt});
    }
  }
}

}  // namespace callboard::list
