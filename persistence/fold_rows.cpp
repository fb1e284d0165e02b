#include "persistence/fold_rows.hpp"

#include "actors/base/json_reader.hpp"

#include <boost/json.hpp>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace callboard {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

std::optional<uuid> uuid_of(const json::value& value) { return parse_uuid(text_of(value)); }

std::optional<timestamp> time_of(const json::value& value) { return parse_rfc3339(text_of(value)); }

std::int32_t priority_of(const json::value& value) {
  if (value.is_int64())
    return static_cast<std::int32_t>(value.get_int64());
  const auto name = text_of(value);
  return name == "low" ? 2 : name == "high" ? 8 : name == "urgent" ? 10 : 5;
}

/// One event on its way into the rows.
struct folding {
  fold_rows& rows;
  const recorded_event& event;
  uuid list;
  std::string_view type;
  const json::object& data;

  const json::value* member(std::string_view name) const { return data.if_contains(name); }
  std::optional<uuid> part() const { return parse_uuid(event.meta.part_id); }
};

template <class Change, class Column>
void mark(Change& change, Column column) {
  change.mask |= static_cast<std::uint32_t>(column);
}

// -- lists and members ---------------------------------------------------------------------------------------------

void fold_list_members_of(folding& f, list_change& list) {
  if (const auto* name = f.member("name")) {
    list.name = text_of(*name);
    list.name_folded = fold_case(list.name);
    mark(list, list_column::name);
  }
  if (const auto* archived = f.member("archived_at")) {
    list.archived_at = time_of(*archived);
    mark(list, list_column::archived_at);
  }
  if (const auto* created = f.member("created_at"); created && time_of(*created)) {
    list.created_at = *time_of(*created);
    mark(list, list_column::created_at);
  }
}

void purge_list(folding& f) {
  const auto first = std::pair{f.list, uuid{}};
  const auto drop = [&](auto& rows) {
    auto row = rows.lower_bound(first);
    while (row != rows.end() && row->first.first == f.list)
      row = rows.erase(row);
  };
  drop(f.rows.members);
  drop(f.rows.tasks);
  f.rows.lists.erase(f.list);
  f.rows.purged_lists[f.list] = f.event.seq;
}

void fold_list(folding& f) {
  if (f.type == "list.purged")
    return purge_list(f);
  auto& list = f.rows.lists[f.list];
  list.rev = f.event.seq;
  if (f.type == "list.created") {
    list.created_at = f.event.at;
    mark(list, list_column::all);
  }
  if (f.type == "list.archived" || f.type == "list.unarchived") {
    list.archived_at = f.type == "list.archived" ? std::optional(f.event.at) : std::nullopt;
    mark(list, list_column::archived_at);
  }
  if (f.type == "list.deleted" || f.type == "list.restored") {
    list.deleted = f.type == "list.deleted";
    mark(list, list_column::deleted);
  }
  fold_list_members_of(f, list);
}

void fold_member(folding& f) {
  const auto* named = f.member("user_id");
  const auto user = named ? uuid_of(*named) : f.part();
  if (!user) {
    ++f.rows.skipped;
    return;
  }
  if (f.type == "member.removed") {
    f.rows.members[{f.list, *user}] = {f.event.seq, {}};
  } else if (const auto* role = f.member("role")) {
    f.rows.members[{f.list, *user}] = {f.event.seq, std::string(text_of(*role))};
  }
}

// -- tasks ---------------------------------------------------------------------------------------------------------

task_change& touched_task(folding& f, const uuid& id) {
  auto& task = f.rows.tasks[{f.list, id}];
  task.rev = f.event.seq;
  task.updated_at = f.event.at;
  mark(task, task_column::updated_at);
  return task;
}

void set_places(folding& f, task_change& task) {
  const auto set = [&](std::string_view name, auto& field, task_column column, auto&& read) {
    if (const auto* value = f.member(name)) {
      field = read(*value);
      mark(task, column);
    }
  };
  const auto text = [](const json::value& v) { return std::string(text_of(v)); };
  set("section_id", task.section_id, task_column::section_id, uuid_of);
  set("parent_id", task.parent_id, task_column::parent_id, uuid_of);
  set("status", task.status, task_column::status, text);
  set("priority", task.priority, task_column::priority, priority_of);
  set("due_at", task.due_at, task_column::due_at, time_of);
  set("position", task.position, task_column::position, text);
  set("title", task.title, task_column::title, [](const json::value& v) { return fold_case(text_of(v)); });
  set("deleted_at", task.deleted, task_column::deleted, [](const json::value& v) { return !v.is_null(); });
}

void set_origin(folding& f, task_change& task) {
  if (const auto* number = f.member("number"); number && number->is_number()) {
    task.number = number->to_number<std::uint64_t>();
    mark(task, task_column::number);
  }
  if (const auto* created = f.member("created_at")) {
    task.created_at = time_of(*created).value_or(f.event.at);
    mark(task, task_column::created_at);
  }
}

void drop_task(folding& f, const uuid& id) {
  auto& task = f.rows.tasks[{f.list, id}];
  task = {};
  task.rev = f.event.seq;
  task.gone = true;
}

void fold_task(folding& f, const uuid& id) {
  const auto* home = f.member("list_id");
  if (f.type == "task.purged" || (f.type == "task.moved" && home && uuid_of(*home) != f.list))
    return drop_task(f, id);
  auto& task = touched_task(f, id);
  if (f.type == "task.created" || f.type == "task.restored" || (f.type == "task.moved" && f.member("title"))) {
    const auto created_at = task.created_at;
    task = {};
    task.rev = f.event.seq;
    task.updated_at = f.event.at;
    task.created_at = f.type == "task.created" ? f.event.at : created_at;
    mark(task, task_column::all);
  }
  set_places(f, task);
  set_origin(f, task);
}

/// Tasks that an event about something else names.
void fold_named_tasks(folding& f) {
  if (const auto* tasks = f.member("tasks"); tasks && tasks->is_array())
    for (const auto& value : tasks->get_array()) {
      const auto id = uuid_of(value);
      if (!id)
        continue;
      if (f.type == "task.purged") {
        drop_task(f, *id);
        continue;
      }
      auto& task = touched_task(f, *id);
      if (f.type == "task.deleted") {
        task.deleted = true;
        mark(task, task_column::deleted);
      } else if (f.type == "section.deleted") {
        task.section_id.reset();
        mark(task, task_column::section_id);
      }
    }
  if (const auto* positions = f.member("positions"); positions && positions->is_object())
    for (const auto& [key, value] : positions->get_object())
      if (const auto id = parse_uuid(std::string_view(key))) {
        auto& task = touched_task(f, *id);
        task.position = text_of(value);
        mark(task, task_column::position);
      }
}

void fold_parsed(folding& f) {
  const auto part = part_kind(f.event.type);
  if (part == "list")
    fold_list(f);
  else if (part == "member")
    fold_member(f);
  else if (part == "task" && f.type != "task.reordered") {
    const auto* named = f.member("id");
    if (const auto id = f.part() ? f.part() : named ? uuid_of(*named) : std::nullopt)
      fold_task(f, *id);
    else
      ++f.rows.skipped;
  }
  fold_named_tasks(f);
}

}  // namespace

void take_in(fold_rows& rows, const recorded_event& event) {
  ++rows.events;
  if (event.entity->kind != entity_kind::list)
    return;
  rows.heads[*event.entity] = event.seq;
  const auto list = parse_uuid(event.entity->id);
  const auto data = parse_trusted_json(*event.data);
  if (!list || !data || !data->is_object()) {
    ++rows.skipped;
    return;
  }
  folding f{rows, event, *list, public_type(event.type), data->get_object()};
  fold_parsed(f);
}

std::string fold_case(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                                  UTF8PROC_CASEFOLD));
  if (length < 0)
    return std::string(text);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

}  // namespace callboard
