#include "actors/list/list_args.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/text_rules.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace callboard::list {
namespace {

using value = boost::json::value;

constexpr std::size_t name_max = 64;
constexpr std::size_t tag_name_max = 50;

constexpr std::array<std::string_view, 14> list_read_only{
  "id", "github_repo_id", "my_role", "member_count", "epoch", "seq", "digest", "rev", "created_at", "updated_at",
  "archived_at", "deleted_at", "sections", "tasks"};
constexpr std::array<std::string_view, 3> part_read_only{"id", "list_id", "rev"};
constexpr std::array<std::string_view, 2> member_read_only{"name", "since"};

std::string_view string_in(const value& v) {
  const auto* s = v.if_string();
  return s ? std::string_view(s->data(), s->size()) : std::string_view();
}

std::optional<std::string> color_of(args_reader& in, const value& v) {
  if (is_color(string_in(v)))
    return std::string(string_in(v));
  in.fail("/color", v.is_string() ? "pattern" : "type", "#RRGGBB is expected");
  return std::nullopt;
}

/// `color` of a list or tag; null sets the default.
std::optional<std::string> maybe_color(args_reader& in) {
  const auto* v = in.take("color");
  if (!v)
    return std::nullopt;
  return v->is_null() ? std::optional<std::string>("#808080") : color_of(in, *v);
}

void read_settings(args_reader& in, const value& v, settings_patch& out) {
  const auto* object = v.if_object();
  if (!object)
    return in.fail("/settings", "type", "an object is expected");
  for (const auto& item : *object) {
    const std::string name(item.key().data(), item.key().size());
    auto* target = name == "has_time_tracking" ? &out.has_time_tracking
                   : name == "has_due_dates"   ? &out.has_due_dates
                   : name == "is_auto_ordered" ? &out.is_auto_ordered
                                               : nullptr;
    const list_settings defaults;
    if (!target)
      in.fail("/settings/" + name, "unknown_member", "there is no such setting");
    else if (item.value().is_null())
      *target = name == "has_due_dates" ? defaults.has_due_dates : false;
    else
      *target = in.flag_of("/settings/" + name, item.value());
  }
}

bool is_list_key(std::string_view text) {
  return !text.empty() && text.size() <= 10 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
}

/// The list's own members; an empty key stands for the one made from the name.
void read_list_members(args_reader& in, list_patch& fields, settings_patch& settings, bool& default_settings,
                       bool name_required) {
  if (const auto* v = in.take("name"))
    fields.name = in.line_of("/name", *v, 1, name_max);
  else if (name_required)
    in.fail("/name", "required", "name is required");
  fields.color = maybe_color(in);
  if (const auto* v = in.take("description"))
    fields.description = v->is_null() ? std::optional<std::string>("") : in.text_of("/description", *v, description_bytes_max);
  if (const auto* v = in.take("key")) {
    if (v->is_null())
      fields.key = "";
    else if (is_list_key(string_in(*v)))
      fields.key = string_in(*v);
    else
      in.fail("/key", v->is_string() ? "pattern" : "type", "1 to 10 of A-Z and 0-9 are expected");
  }
  if (const auto* v = in.take("settings")) {
    if (v->is_null())
      default_settings = true;
    else
      read_settings(in, *v, settings);
  }
}

template <class Command>
void read_new_list(args_reader& in, Command& c) {
  bool ignored = false;
  c.id = in.maybe_id("id");
  read_list_members(in, c.fields, c.settings, ignored, true);
  c.owner_name = in.maybe_line("owner_name", 0, name_max).value_or("");
}

command read_create_list(args_reader& in) {
  create_list c;
  read_new_list(in, c);
  in.refuse_rest(list_read_only);
  return c;
}
command read_replace_list(args_reader& in) {
  replace_list c;
  read_new_list(in, c);
  in.refuse_rest(list_read_only, true);
  return c;
}
command read_update_list(args_reader& in) {
  update_list c;
  c.id = in.maybe_id("id");
  c.base_rev = in.maybe_natural("base_rev");
  read_list_members(in, c.fields, c.settings, c.default_settings, false);
  in.refuse_rest(list_read_only);
  return c;
}
template <class Command>
command read_about_list(args_reader& in) {
  Command c;
  c.id = in.maybe_id("id");
  in.refuse_rest({});
  return c;
}

void read_move(args_reader& in, const std::string& at, const value& v, reorder_tasks& c) {
  using place = placement::place;
  const auto* object = v.if_object();
  if (!object)
    return in.fail(at, "type", "an object is expected");
  const auto *id = object->if_contains("id"), *before = object->if_contains("before"), *after = object->if_contains("after");
  if (!id)
    in.fail(at + "/id", "required", "id is required");
  if ((before != nullptr) == (after != nullptr))
    in.fail(at + "/after", before ? "wrong" : "required", "exactly one of before and after is needed");
  for (const auto& item : *object)
    if (item.key() != "id" && item.key() != "before" && item.key() != "after")
      in.fail(at + "/" + std::string(item.key()), "unknown_member", "there is no such member");
  if (!id || (before != nullptr) == (after != nullptr))
    return;
  reorder_tasks::move move;
  move.id = in.id_of(at + "/id", *id).value_or(uuid{});
  const auto& beside = before ? *before : *after;
  if (beside.is_null()) {
    move.place.where = before ? place::last : place::first;
  } else {
    move.place.where = before ? place::before : place::after;
    move.place.beside = in.id_of(at + (before ? "/before" : "/after"), beside).value_or(uuid{});
  }
  c.moves.push_back(move);
}

command read_reorder(args_reader& in) {
  reorder_tasks c;
  c.id = in.maybe_id("id");
  const auto *ids = in.take("task_ids"), *moves = in.take("moves");
  if ((ids != nullptr) == (moves != nullptr))
    in.fail("/task_ids", ids ? "wrong" : "required", "exactly one of task_ids and moves is needed");
  if (ids)
    if (const auto* array = in.array_of("/task_ids", *ids, tasks_max))
      for (std::size_t i = 0; i < array->size(); ++i)
        c.task_ids.push_back(in.id_of("/task_ids/" + std::to_string(i), (*array)[i]).value_or(uuid{}));
  if (moves)
    if (const auto* array = in.array_of("/moves", *moves, 1000))
      for (std::size_t i = 0; i < array->size(); ++i)
        read_move(in, "/moves/" + std::to_string(i), (*array)[i], c);
  in.refuse_rest({});
  return c;
}

command read_create_section(args_reader& in) {
  create_section c;
  c.id = in.id("id");
  c.name = in.line("name", 1, name_max);
  c.place = in.maybe_place().value_or(placement{});
  in.refuse_rest(part_read_only);
  return c;
}
command read_update_section(args_reader& in) {
  update_section c;
  c.id = in.id("id");
  if (const auto* v = in.take("name"))
    c.fields.name = in.line_of("/name", *v, 1, name_max);
  c.place = in.maybe_place();
  c.base_rev = in.maybe_natural("base_rev");
  in.refuse_rest(part_read_only);
  return c;
}
command read_create_tag(args_reader& in) {
  create_tag c;
  c.id = in.id("id");
  c.fields.name = in.line("name", 1, tag_name_max);
  c.fields.color = maybe_color(in).value_or("#808080");
  in.refuse_rest(part_read_only);
  return c;
}
command read_update_tag(args_reader& in) {
  update_tag c;
  c.id = in.id("id");
  if (const auto* v = in.take("name"))
    c.fields.name = in.line_of("/name", *v, 1, tag_name_max);
  c.fields.color = maybe_color(in);
  c.base_rev = in.maybe_natural("base_rev");
  in.refuse_rest(part_read_only);
  return c;
}

/// The user a member command is about: `user_id`, or `id` as sockets name it.
uuid read_user(args_reader& in) {
  const auto *user = in.take("user_id"), *id = in.take("id");
  if (!user && !id) {
    in.fail("/user_id", "required", "user_id is required");
    return {};
  }
  return in.id_of(user ? "/user_id" : "/id", user ? *user : *id).value_or(uuid{});
}

std::optional<member_role> read_role(args_reader& in) {
  const auto* v = in.take("role");
  if (!v)
    return std::nullopt;
  const auto role = parse_member_role(string_in(*v));
  if (!role)
    in.fail("/role", v->is_string() ? "enum" : "type", "owner, editor or viewer");
  return role;
}

std::optional<std::optional<capability_set>> read_capabilities(args_reader& in) {
  const auto* v = in.take("capabilities");
  if (!v)
    return std::nullopt;
  std::optional<std::optional<capability_set>> none{std::in_place};
  if (v->is_null())
    return none;
  const auto* array = in.array_of("/capabilities", *v, 16);
  if (!array)
    return none;
  capability_set set;
  for (std::size_t i = 0; i < array->size(); ++i) {
    std::size_t bit = 0;
    while (bit < capability_count && capability_name(bit) != string_in((*array)[i]))
      ++bit;
    if (bit == capability_count)
      in.fail("/capabilities/" + std::to_string(i), "enum", "there is no such capability");
    else
      set.bits |= static_cast<std::uint8_t>(1u << bit);
  }
  return std::optional(set);
}

command read_add_member(args_reader& in) {
  add_member c;
  c.user_id = read_user(in);
  c.name = in.maybe_line("name", 0, name_max).value_or("");
  if (const auto role = read_role(in))
    c.role = *role;
  else if (in.ok())
    in.fail("/role", "required", "role is required");
  if (const auto given = read_capabilities(in))
    c.capabilities = *given;
  in.refuse_rest(member_read_only);
  return c;
}
command read_update_member(args_reader& in) {
  update_member c;
  c.user_id = read_user(in);
  c.role = read_role(in);
  c.capabilities = read_capabilities(in);
  c.base_rev = in.maybe_natural("base_rev");
  in.refuse_rest(member_read_only);
  return c;
}
template <class T>
command read_about_user(args_reader& in) {
  T c{read_user(in)};
  in.refuse_rest({});
  return c;
}

command read_rename_member(args_reader& in) {
  rename_member c{read_user(in), in.line("name", 0, name_max)};
  in.refuse_rest({});
  return c;
}

command read_create_task(args_reader& in) {
  create_task c;
  c.id = in.id("id");
  c.list_id = in.maybe_id("list_id");
  c.fields = read_task_members(in, true);
  c.place = in.maybe_place().value_or(placement{});
  in.refuse_rest(task_read_only());
  return c;
}
command read_update_task(args_reader& in) {
  update_task c;
  c.id = in.id("id");
  c.base_rev = in.maybe_natural("base_rev");
  c.fields = read_task_members(in, false);
  in.refuse_rest(task_read_only());
  return c;
}
command read_replace_task(args_reader& in) {
  replace_task c;
  c.id = in.id("id");
  c.fields = read_task_members(in, true);
  fill_task_defaults(c.fields);
  in.refuse_rest(task_read_only(), true);
  return c;
}
template <class Command>
command read_about_part(args_reader& in) {
  Command c{in.id("id")};
  in.refuse_rest({});
  return c;
}
command read_move_task(args_reader& in) {
  move_task c;
  c.id = in.id("id");
  c.list_id = in.maybe_id("list_id");
  const auto reference = [&](std::string_view name) -> std::optional<uuid> {
    const auto* v = in.take(name);
    if (!v)
      return std::nullopt;
    return v->is_null() ? uuid{} : in.id_of("/" + std::string(name), *v);
  };
  c.section_id = reference("section_id");
  c.parent_id = reference("parent_id");
  c.place = in.maybe_place().value_or(placement{});
  in.refuse_rest({});
  return c;
}
template <bool on>
command read_tag_task(args_reader& in) {
  tag_task c{in.id("id"), in.id("tag_id"), on};
  in.refuse_rest({});
  return c;
}
template <bool on>
command read_depend_task(args_reader& in) {
  depend_task c{in.id("id"), in.id("task_id"), on};
  in.refuse_rest({});
  return c;
}
command read_assign_task(args_reader& in) {
  assign_task c{in.id("id"), in.id("user_id"), in.maybe_line("role", 0, 64)};
  in.refuse_rest({});
  return c;
}
command read_unassign_task(args_reader& in) {
  unassign_task c{in.id("id"), in.id("user_id")};
  in.refuse_rest({});
  return c;
}
command read_timer_fired(args_reader& in) {
  timer_fired c{in.line("name", 1, 128), in.maybe_natural("gen").value_or(0)};
  in.refuse_rest({});
  return c;
}

using reader = command (*)(args_reader&);

const std::unordered_map<std::string_view, reader>& readers() {
  static const std::unordered_map<std::string_view, reader> table{
    {"list.create", read_create_list}, {"list.update", read_update_list}, {"list.replace", read_replace_list},
    {"list.archive", read_about_list<archive_list>}, {"list.unarchive", read_about_list<unarchive_list>},
    {"list.delete", read_about_list<delete_list>}, {"list.restore", read_about_list<restore_list>},
    {"list.purge", read_about_list<purge_list>}, {"list.reorder", read_reorder},
    {"section.create", read_create_section}, {"section.update", read_update_section},
    {"section.delete", read_about_part<delete_section>},
    {"tag.create", read_create_tag}, {"tag.update", read_update_tag}, {"tag.delete", read_about_part<delete_tag>},
    {"member.add", read_add_member}, {"member.update", read_update_member},
    {"member.remove", read_about_user<remove_member>}, {"member.rename", read_rename_member}, {"member.forget", read_about_user<forget_member>},
    {"task.create", read_create_task}, {"task.update", read_update_task}, {"task.replace", read_replace_task},
    {"task.complete", read_about_part<complete_task>}, {"task.reopen", read_about_part<reopen_task>},
    {"task.delete", read_about_part<delete_task>}, {"task.restore", read_about_part<restore_task>},
    {"task.purge", read_about_part<purge_task>}, {"task.move", read_move_task},
    {"task.tag", read_tag_task<true>}, {"task.untag", read_tag_task<false>},
    {"task.assign", read_assign_task}, {"task.unassign", read_unassign_task},
    {"task.depend", read_depend_task<true>}, {"task.undepend", read_depend_task<false>},
    {"task.timer_start", read_about_part<start_timer>}, {"task.timer_pause", read_about_part<pause_timer>},
    {"task.timer_reset", read_about_part<reset_timer>}, {"timer.fired", read_timer_fired},
  };
  return table;
}

}  // namespace

result<command> decode_command(std::string_view type, const value& args) {
  const auto reader = readers().find(type);
  if (reader == readers().end())
    return refuse_field("/type", "enum", "a list knows no such command");
  args_reader in(args);
  auto decoded = reader->second(in);
  if (!in.ok())
    return in.take_refusal();
  return decoded;
}

}  // namespace callboard::list
