#include "actors/base/event.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/list_json_fields.hpp"

#include <array>
#include <unordered_map>

namespace callboard::list {
namespace {

constexpr std::array<std::string_view, 6> list_types{"list.updated.v1",  "list.archived.v1", "list.unarchived.v1",
                                                     "list.deleted.v1", "list.restored.v1", "list.purged.v1"};
constexpr std::array<std::string_view, 11> task_types{
  "task.updated.v1",  "task.moved.v1",      "task.completed.v1",     "task.reopened.v1",
  "task.assigned.v1", "task.unassigned.v1", "task.tagged.v1",        "task.untagged.v1",
  "task.timer_started.v1", "task.timer_paused.v1", "task.timer_reset.v1"};

/// Encodes what is known of an event before it is applied.
struct drafter {
  const state& s;

  template <class Patch, class Fields>
  static std::string former(const Patch& patch, const Fields& now) {
    json_writer w;
    w.open('{');
    write_former(w, patch, now);
    return w.close('}').take();
  }
  template <class Patch, class Fields>
  static event_draft changed(std::string_view type, const uuid& id, const Patch& patch, const Fields& now) {
    json_writer w;
    w.open('{');
    write_changes(w, patch);
    return {std::string(type), to_string(id), share(w.close('}').take()), former(patch, now)};
  }
  static event_draft whole(const char* type, const uuid& id) { return {type, to_string(id), nullptr, {}}; }
  /// A part that goes: its own members, and the tasks that lose it.
  template <class Patch, class Fields>
  static event_draft gone(const char* type, const uuid& id, std::string_view id_name, const Fields& fields,
                          const std::vector<uuid>& tasks) {
    json_writer w;
    w.open('{').member(id_name, id);
    each_field<Patch>([&](std::uint8_t, const auto& row) {
      w.key(row.name);
      write(w, fields.*row.value);
    });
    w.key("tasks");
    write(w, tasks);
    return {type, to_string(id), share(w.close('}').take()), {}};
  }

  event_draft on(const list_created&) const { return {"list.created.v1", {}, nullptr, {}}; }
  event_draft on(const list_changed& e) const {
    auto draft = changed(list_types[static_cast<std::size_t>(e.verb)], s.id, e.patch, static_cast<const list_fields&>(s));
    draft.part_id.clear();
    if (e.verb == list_verb::restored)
      draft.data = nullptr;
    if (e.verb == list_verb::deleted) {
      json_writer w;
      w.open('{').member("deleted_at", *e.patch.deleted_at).key("deleted_by");
      write(w, e.by);
      draft.data = share(w.close('}').take());
    }
    return draft;
  }
  event_draft on(const section_created& e) const { return whole("section.created.v1", e.id); }
  event_draft on(const section_changed& e) const {
    return changed("section.updated.v1", e.id, e.patch, s.sections.at(e.id));
  }
  event_draft on(const section_deleted& e) const {
    return gone<section_patch>("section.deleted.v1", e.id, "id", s.sections.at(e.id), e.tasks);
  }
  event_draft on(const tag_created& e) const { return whole("tag.created.v1", e.id); }
  event_draft on(const tag_changed& e) const { return changed("tag.updated.v1", e.id, e.patch, s.tags.at(e.id)); }
  event_draft on(const tag_deleted& e) const {
    return gone<tag_patch>("tag.deleted.v1", e.id, "id", s.tags.at(e.id), e.tasks);
  }
  event_draft on(const member_added& e) const { return whole("member.added.v1", e.user_id); }
  event_draft on(const member_changed& e) const {
    // The whole Member as a patch: the folds want role and name together.
    auto draft = whole("member.updated.v1", e.user_id);
    draft.old = former(e.patch, s.members.at(e.user_id));
    return draft;
  }
  event_draft on(const member_removed& e) const {
    return gone<member_patch>("member.removed.v1", e.user_id, "user_id", s.members.at(e.user_id), e.tasks);
  }
  event_draft on(const task_created& e) const { return whole("task.created.v1", e.id); }
  event_draft on(const task_restored& e) const { return whole("task.restored.v1", e.id); }
  event_draft on(const task_changed& e) const {
    const auto& now = s.tasks.at(e.id);
    const auto type = task_types[static_cast<std::size_t>(e.verb)];
    const bool was = now.status == task_status::completed;
    if (!e.patch.status || was == (*e.patch.status == task_status::completed))
      return changed(type, e.id, e.patch, now);
    json_writer w, old;
    w.open('{').member("completed", !was);
    write_changes(w, e.patch);
    old.open('{').member("completed", was);
    write_former(old, e.patch, static_cast<const task_fields&>(now));
    return {std::string(type), to_string(e.id), share(w.close('}').take()), old.close('}').take()};
  }
  event_draft on(const task_deleted& e) const {
    json_writer w;
    w.open('{').member("deleted_at", e.deleted_at).key("deleted_by");
    write(w, e.by);
    w.key("tasks");
    write(w, e.tasks);
    return {"task.deleted.v1", to_string(e.id), share(w.close('}').take()), R"({"deleted_at":null})"};
  }
  event_draft on(const task_purged& e) const { return {"task.purged.v1", to_string(e.id), share("{}"), {}}; }
  event_draft on(const tasks_reordered& e) const {
    json_writer w, old;
    w.open('{').key("positions").open('{');
    old.open('{').key("positions").open('{');
    for (const auto& [id, position] : e.positions) {
      w.member(to_string(id), position);
      old.member(to_string(id), s.tasks.at(id).position);
    }
    return {"task.reordered.v1", {}, share(w.close('}').close('}').take()), old.close('}').close('}').take()};
  }
};

/// What decoding an event has to go by.
struct source {
  std::string_view type;
  uuid part;
  const boost::json::object& data;

  std::vector<uuid> tasks() const {
    std::vector<uuid> ids;
    read(data.at("tasks"), ids);
    return ids;
  }
  uuid by() const {
    uuid id;
    if (const auto* v = data.if_contains("deleted_by"))
      read(*v, id);
    return id;
  }
};

event read_task_created(const source& in) {
  task_created e{in.part, 0, {}, read_task_fields(in.data)};
  read(in.data.at("number"), e.number);
  read(in.data.at("created_by"), e.created_by);
  return e;
}

event read_reordered(const source& in) {
  tasks_reordered e;
  for (const auto& [id, position] : in.data.at("positions").as_object())
    e.positions.emplace_back(need(parse_uuid({id.data(), id.size()}), "id"), text_of(position));
  return e;
}

event read_list_restored(const source&) {
  list_patch patch;
  patch.deleted_at.emplace();
  return list_changed{list_verb::restored, std::move(patch), {}};
}

using reader = event (*)(const source&);

const std::unordered_map<std::string_view, reader>& readers() {
  static const std::unordered_map<std::string_view, reader> table{
    {"list.created.v1", [](const source& in) -> event { return list_created{read_list_fields(in.data)}; }},
    {"list.restored.v1", read_list_restored},
    {"section.created.v1",
     [](const source& in) -> event { return section_created{in.part, read_section_fields(in.data)}; }},
    {"section.updated.v1",
     [](const source& in) -> event { return section_changed{in.part, read_changes<section_patch>(in.data)}; }},
    {"section.deleted.v1", [](const source& in) -> event { return section_deleted{in.part, in.tasks()}; }},
    {"tag.created.v1", [](const source& in) -> event { return tag_created{in.part, read_tag_fields(in.data)}; }},
    {"tag.updated.v1",
     [](const source& in) -> event { return tag_changed{in.part, read_changes<tag_patch>(in.data)}; }},
    {"tag.deleted.v1", [](const source& in) -> event { return tag_deleted{in.part, in.tasks()}; }},
    {"member.added.v1",
     [](const source& in) -> event { return member_added{in.part, read_member_fields(in.data)}; }},
    {"member.updated.v1",
     [](const source& in) -> event { return member_changed{in.part, read_changes<member_patch>(in.data)}; }},
    {"member.removed.v1", [](const source& in) -> event { return member_removed{in.part, in.tasks()}; }},
    {"task.created.v1", read_task_created},
    {"task.restored.v1",
     [](const source& in) -> event { return task_restored{in.part, read_task_fields(in.data)}; }},
    {"task.deleted.v1",
     [](const source& in) -> event { 
       task_deleted e{in.part, in.by(), {}, in.tasks()};
       read(in.data.at("deleted_at"), e.deleted_at);
       return e;
     }},
    {"task.purged.v1", [](const source& in) -> event { return task_purged{in.part}; }},
    {"task.reordered.v1", read_reordered},
  };
  return table;
}

}  // namespace

event_draft begin_draft(const state& s, const event& e) {
  return std::visit([&](const auto& one) { return drafter{s}.on(one); }, e);
}

void finish_draft(const state& s, event_draft& draft) {
  if (draft.data)
    return;
  if (draft.part_id.empty()) {
    draft.data = share(render_list(s, nullptr));
    return;
  }
  const auto id = *parse_uuid(draft.part_id);
  const auto part = public_type(draft.type).substr(0, draft.type.find('.'));
  if (part == "task")
    draft.data = s.tasks.at(id).json;
  else if (part == "section")
    draft.data = share(render_section(s, s.sections.at(id)));
  else if (part == "tag")
    draft.data = share(render_tag(s, s.tags.at(id)));
  else
    draft.data = share(render_member(s.members.at(id)));
}

event decode_event(std::string_view type, std::string_view part_id, const boost::json::value& data) {
  const source in{type, part_id.empty() ? uuid{} : need(parse_uuid(part_id), "part id"), data.as_object()};
  if (const auto i = readers().find(type); i != readers().end())
    return i->second(in);
  for (std::size_t verb = 0; verb < list_types.size(); ++verb)
    if (list_types[verb] == type)
      return list_changed{static_cast<list_verb>(verb), read_changes<list_patch>(in.data), in.by()};
  for (std::size_t verb = 0; verb < task_types.size(); ++verb)
    if (task_types[verb] == type)
      return task_changed{static_cast<task_verb>(verb), in.part, read_changes<task_patch>(in.data)};
  throw std::runtime_error("unknown event of a list: " + std::string(type));
}

}  // namespace callboard::list
