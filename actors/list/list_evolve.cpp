#include "actors/list/list.hpp"
#include "actors/list/list_json.hpp"

#include <algorithm>
#include <stdexcept>

namespace callboard::list {
namespace {

/// Applies events to one state at one time.
class evolver {
 public:
  evolver(state& s, timestamp at) : s_(s), at_(at) {}

  void on(list_created&& e) {
    static_cast<list_fields&>(s_) = std::move(e.fields);
    s_.created_at = at_;
    s_.revs = {s_.seq, {}};
    s_.text_bytes += text_size(s_);
    touch_list();
  }
  void on(list_changed&& e) {
    if (e.verb == list_verb::purged)
      return purge_list();
    s_.text_bytes -= text_size(s_);
    apply(static_cast<list_fields&>(s_), std::move(e.patch), s_.revs, s_.seq);
    s_.text_bytes += text_size(s_);
    s_.deleted_seq = s_.deleted_at ? s_.seq : 0;
    s_.deleted_by = s_.deleted_at ? e.by : uuid{};
    touch_list();
  }

  void on(section_created&& e) { create_part(s_.sections, e.id, std::move(e.fields), "section"); }
  void on(section_changed&& e) { change_part(s_.sections, e.id, std::move(e.patch), "section"); }
  void on(section_deleted&& e) {
    erase_part(s_.sections, e.id);
    change_tasks(e.tasks, [&](task& t) { clear(t, &task_patch::section_id, uuid{}); });
  }
  void on(tag_created&& e) { create_part(s_.tags, e.id, std::move(e.fields), "tag"); }
  void on(tag_changed&& e) { change_part(s_.tags, e.id, std::move(e.patch), "tag"); }
  void on(tag_deleted&& e) {
    erase_part(s_.tags, e.id);
    change_tasks(e.tasks, [&](task& t) {
      auto left = t.tags;
      std::erase(left, e.id);
      clear(t, &task_patch::tags, std::move(left));
    });
  }

  void on(member_added&& e) {
    member m;
    static_cast<member_fields&>(m) = std::move(e.fields);
    m.user_id = e.user_id;
    m.since = at_;
    m.revs = {s_.seq, {}};
    s_.members.insert_or_assign(e.user_id, std::move(m));
  }
  void on(member_changed&& e) {
    auto& m = at(s_.members, e.user_id);
    reduce(m, e.patch);  // a recorded one shows the whole Member
    apply(static_cast<member_fields&>(m), std::move(e.patch), m.revs, s_.seq);
  }
  void on(member_removed&& e) {
    s_.members.erase(e.user_id);
    change_tasks(e.tasks, [&](task& t) {
      auto left = t.assignees;
      std::erase_if(left, [&](const assignee& a) { return a.user_id == e.user_id; });
      clear(t, &task_patch::assignees, std::move(left));
    });
  }

  void on(task_created&& e) {
    task fresh;
    static_cast<task_fields&>(fresh) = std::move(e.fields);
    fresh.id = e.id;
    fresh.number = e.number;
    fresh.created_by = e.created_by;
    fresh.created_at = at_;
    fresh.revs.base = s_.seq;
    s_.last_number = std::max(s_.last_number, e.number);
    insert_task(s_, std::move(fresh));
    auto& t = at(s_.tasks, e.id);
    adopt(t.parent_id, +1);
    touch(t);
  }
  void on(task_changed&& e) {
    auto& t = at(s_.tasks, e.id);
    change(t, std::move(e.patch));
    touch(t);
  }
  void on(task_deleted&& e) {
    for (const auto& id : e.tasks) {
      auto& t = at(s_.tasks, id);
      s_.order.erase(&t);
      s_.digest -= std::exchange(t.digest_term, 0);
      t.deleted_seq = s_.seq;
      t.deleted_at = e.deleted_at;
      t.deleted_by = e.by;
      s_.trash.insert(&t);
      touch(t);
    }
  }
  void on(task_restored&& e) {
    auto& t = at(s_.tasks, e.id);
    s_.trash.erase(&t);
    t.deleted_seq = 0;
    t.deleted_at.reset();
    t.deleted_by = {};
    task_patch whole;
    each_field<task_patch>([&](std::uint8_t, const auto& row) { whole.*row.change = std::move(e.fields.*row.value); });
    reduce(t, whole);
    change(t, std::move(whole), false);
    s_.order.insert(&t);
    touch(t);
  }
  void on(task_purged&& e) {
    auto& t = at(s_.tasks, e.id);
    adopt(t.parent_id, -1);
    s_.text_bytes -= text_size(t);
    s_.digest -= t.digest_term;
    s_.order.erase(&t);
    s_.trash.erase(&t);
    s_.tasks.erase(e.id);
  }
  void on(tasks_reordered&& e) {
    for (const auto& [id, position] : e.positions)
      s_.order.erase(&at(s_.tasks, id));
    for (auto& [id, position] : e.positions) {
      auto& t = at(s_.tasks, id);
      task_patch patch;
      patch.position = std::move(position);
      change(t, std::move(patch), false);
      s_.order.insert(&t);
      touch(t);
    }
  }

 private:
  template <class Map>
  static typename Map::mapped_type& at(Map& map, const uuid& id) {
    const auto i = map.find(id);
    if (i == map.end())
      throw std::runtime_error("event about a part that is not there: " + to_string(id));
    return i->second;
  }

  template <class Part>
  void touch_part(Part& part, std::string_view kind) {
    part.rev = s_.seq;
    s_.digest -= part.digest_term;
    part.digest_term = digest_term(kind, part.id, s_.seq);
    s_.digest += part.digest_term;
  }
  void touch_list() {
    s_.updated_at = at_;
    touch_part(static_cast<state&>(s_), "list");
  }
  void touch(task& t) {
    t.updated_at = at_;
    t.rev = s_.seq;
    if (t.live())
      touch_part(t, "task");
    t.json = share(render_task(s_, t));
  }

  template <class Map, class Fields>
  void create_part(Map& map, const uuid& id, Fields&& fields, std::string_view kind) {
    typename Map::mapped_type part;
    static_cast<std::decay_t<Fields>&>(part) = std::move(fields);
    part.id = id;
    part.revs.base = s_.seq;
    s_.text_bytes += part.name.size();
    touch_part(map.insert_or_assign(id, std::move(part)).first->second, kind);
  }
  template <class Map, class Patch>
  void change_part(Map& map, const uuid& id, Patch&& patch, std::string_view kind) {
    auto& part = at(map, id);
    s_.text_bytes -= part.name.size();
    apply(part, std::move(patch), part.revs, s_.seq);
    s_.text_bytes += part.name.size();
    touch_part(part, kind);
  }
  template <class Map>
  void erase_part(Map& map, const uuid& id) {
    auto& part = at(map, id);
    s_.digest -= part.digest_term;
    s_.text_bytes -= part.name.size();
    map.erase(id);
  }

  template <class F>
  void change_tasks(const std::vector<uuid>& ids, F&& f) {
    for (const auto& id : ids) {
      auto& t = at(s_.tasks, id);
      f(t);
      touch(t);
    }
  }
  template <class T>
  void clear(task& t, std::optional<T> task_patch::*field, T value) {
    task_patch patch;
    patch.*field = std::move(value);
    change(t, std::move(patch), false);
  }
  void change(task& t, task_patch&& patch, bool ordered = true) {
    const bool moves = ordered && patch.position && t.live();
    if (moves)
      s_.order.erase(&t);
    const bool reparented = patch.parent_id.has_value();
    if (reparented)
      adopt(t.parent_id, -1);
    s_.text_bytes -= text_size(t);
    apply(static_cast<task_fields&>(t), std::move(patch), t.revs, s_.seq);
    s_.text_bytes += text_size(t);
    if (reparented)
      adopt(t.parent_id, +1);
    if (moves)
      s_.order.insert(&t);
  }
  void adopt(const uuid& parent, int by) {
    if (const auto i = s_.tasks.find(parent); i != s_.tasks.end())
      i->second.children += static_cast<std::uint32_t>(by);
  }

  void purge_list() {
    state gone;
    gone.id = s_.id;
    gone.seq = s_.seq;
    gone.rev = s_.seq;
    gone.updated_at = at_;
    gone.purged = true;
    s_ = std::move(gone);
  }

  state& s_;
  timestamp at_;
};

}  // namespace

void evolve(state& s, event&& e, timestamp at) {
  ++s.seq;
  std::visit([&](auto&& one) { evolver(s, at).on(std::move(one)); }, std::move(e));
}

void insert_task(state& s, task&& t) {
  s.text_bytes += text_size(t);
  s.digest += t.digest_term;
  const auto id = t.id;
  auto& placed = s.tasks.insert_or_assign(id, std::move(t)).first->second;
  if (placed.live())
    s.order.insert(s.order.end(), &placed);  // most come last
  else
    s.trash.insert(&placed);
}

std::size_t text_size(const task_fields& t) {
  auto size = t.title.size() + t.description.size() + t.reminders.json.size() + t.recurrence.json.size();
  for (const auto& a : t.assignees)
    size += a.role.size();
  return size;
}

std::size_t text_size(const list_fields& l) { return l.name.size() + l.description.size(); }

}  // namespace callboard::list
