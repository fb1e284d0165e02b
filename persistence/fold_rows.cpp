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

void fold_purged_tasks(folding& f) {
  if (const auto id = f.part())
    f.rows.tasks[{f.list, *id}] = false;
  if (const auto* tasks = f.member("tasks"); tasks && tasks->is_array())
    for (const auto& value : tasks->get_array())
      if (const auto id = uuid_of(value))
        f.rows.tasks[{f.list, *id}] = false;
}

/// Within its list a move changes nothing here; the list it leaves tells where to, the other one tells of itself.
void fold_moved_task(folding& f) {
  const auto* home = f.member("list_id");
  if (const auto id = f.part(); id && home)
    f.rows.tasks[{f.list, *id}] = uuid_of(*home) == f.list;
}

void fold_parsed(folding& f) {
  const auto part = part_kind(f.event.type);
  if (part == "list")
    fold_list(f);
  else if (part == "member")
    fold_member(f);
  else if (f.type == "task.purged")
    fold_purged_tasks(f);
  else
    fold_moved_task(f);
}

/// Most events do not change where a task is, and need not be read.
enum class concern { none, place, content };

concern concern_of(std::string_view type) {
  const auto part = part_kind(type);
  if (part == "list" || part == "member" || type == "task.purged" || type == "task.moved")
    return concern::content;
  return type == "task.created" || type == "task.restored" ? concern::place : concern::none;
}

}  // namespace

void take_in(fold_rows& rows, const recorded_event& event) {
  ++rows.events;
  const auto type = public_type(event.type);
  const auto concerned = concern_of(type);
  if (event.entity->kind != entity_kind::list || concerned == concern::none)
    return;
  const auto list = parse_uuid(event.entity->id);
  if (concerned == concern::place) {
    const auto task = parse_uuid(event.meta.part_id);
    if (list && task)
      rows.tasks[{*list, *task}] = true;
    else
      ++rows.skipped;
    return;
  }
  const auto data = parse_trusted_json(*event.data);
  if (!list || !data || !data->is_object()) {
    ++rows.skipped;
    return;
  }
  folding f{rows, event, *list, type, data->get_object()};
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
