#include "actors/base/json_writer.hpp"
#include "actors/list/list_args.hpp"
#include "actors/list/text_rules.hpp"

#include <algorithm>
#include <array>

namespace callboard::list {
namespace {

using value = boost::json::value;

constexpr std::size_t reminders_max = 20;
constexpr std::size_t rrule_max = 512;

std::string_view string_in(const value& v) {
  const auto* s = v.if_string();
  return s ? std::string_view(s->data(), s->size()) : std::string_view();
}
std::string under(std::string_view parent, std::string_view name) {
  return std::string(parent) + "/" + std::string(name);
}

/// Reads a member into a patch: absent leaves it, null sets the default.
template <class T, class F>
void read_member(args_reader& in, std::string_view name, std::optional<T>& change, F&& parse) {
  const auto* v = in.take(name);
  if (!v)
    return;
  if (v->is_null())
    change = T{};
  else if (auto parsed = parse("/" + std::string(name), *v))
    change = T{std::move(*parsed)};
}

template <class Enum>
std::optional<Enum> enum_of(args_reader& in, std::string_view pointer, const value& v,
                            std::optional<Enum> (*parse)(std::string_view) noexcept, const char* words) {
  if (!v.is_string())
    in.fail(pointer, "type", "a text is expected");
  else if (const auto parsed = parse(string_in(v)))
    return parsed;
  else
    in.fail(pointer, "enum", words);
  return std::nullopt;
}

std::optional<std::vector<uuid>> ids_of(args_reader& in, const std::string& pointer, const value& v, std::size_t most) {
  const auto* array = in.array_of(pointer, v, most);
  if (!array)
    return std::nullopt;
  std::vector<uuid> ids;
  for (std::size_t i = 0; i < array->size(); ++i)
    if (const auto id = in.id_of(under(pointer, std::to_string(i)), (*array)[i]))
      add_once(ids, *id, std::equal_to<>{});
  return ids;
}

/// A nested object that has only the members it may have.
class nested {
 public:
  nested(args_reader& in, std::string pointer, const value& v, std::initializer_list<std::string_view> known)
      : in_(in), pointer_(std::move(pointer)), object_(v.if_object()) {
    if (!object_) {
      in_.fail(pointer_, "type", "an object is expected");
      return;
    }
    for (const auto& item : *object_)
      if (std::find(known.begin(), known.end(), std::string_view(item.key().data(), item.key().size())) == known.end())
        in_.fail(at({item.key().data(), item.key().size()}), "unknown_member", "there is no such member");
  }
  std::string at(std::string_view name) const { return under(pointer_, name); }
  /// The member, unless absent or null.
  const value* find(std::string_view name) const {
    const auto* v = object_ ? object_->if_contains(boost::json::string_view(name.data(), name.size())) : nullptr;
    return v && !v->is_null() ? v : nullptr;
  }
  std::string word(std::string_view name, std::initializer_list<std::string_view> words, std::string_view otherwise) {
    const auto* v = find(name);
    if (!v)
      return std::string(otherwise);
    if (std::find(words.begin(), words.end(), string_in(*v)) == words.end())
      in_.fail(at(name), v->is_string() ? "enum" : "type", "this word is not known");
    return std::string(string_in(*v));
  }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  args_reader& in_;
  std::string pointer_;
  const boost::json::object* object_;
};

std::optional<std::vector<assignee>> assignees_of(args_reader& in, const std::string& pointer, const value& v) {
  const auto* array = in.array_of(pointer, v, task_assignees_max);
  if (!array)
    return std::nullopt;
  std::vector<assignee> all;
  for (std::size_t i = 0; i < array->size(); ++i) {
    nested one(in, under(pointer, std::to_string(i)), (*array)[i], {"user_id", "role"});
    if (!one)
      continue;
    assignee a{{}, "assignee"};
    if (const auto* user = one.find("user_id"))
      a.user_id = in.id_of(one.at("user_id"), *user).value_or(uuid{});
    else
      in.fail(one.at("user_id"), "required", "user_id is required");
    if (const auto* role = one.find("role"))
      a.role = in.line_of(one.at("role"), *role, 0, 64).value_or("");
    add_once(all, std::move(a), [](const auto& x, const auto& y) { return x.user_id == y.user_id; });
  }
  return all;
}

void write_reminder(args_reader& in, nested& one, std::size_t index, json_writer& w) {
  const auto *id = one.find("id"), *at = one.find("at"), *offset = one.find("offset_s");
  if ((at != nullptr) == (offset != nullptr))
    in.fail(one.at("at"), at ? "wrong" : "required", "exactly one of at and offset_s is needed");
  // A reminder is known by its id within its task alone, so its place will do where none was given.
  const auto own_id = id ? in.id_of(one.at("id"), *id) : std::optional(make_uuid_v5(uuid{}, std::to_string(index)));
  w.open('{').member("id", own_id.value_or(uuid{}));
  w.member("at", at ? in.time_of(one.at("at"), *at) : std::nullopt);
  w.member("offset_s", offset ? in.integer_of(one.at("offset_s"), *offset, -31'622'400, 31'622'400) : std::nullopt);
  w.member("relative_to", one.word("relative_to", {"due", "start"}, "due"));
  const auto* channel = one.find("channel");
  w.member("channel", channel ? in.line_of(one.at("channel"), *channel, 1, 32).value_or("") : std::string("ws"));
  w.close('}');
}

std::optional<reminders_text> reminders_of(args_reader& in, const std::string& pointer, const value& v) {
  const auto* array = in.array_of(pointer, v, reminders_max);
  if (!array || array->empty())
    return array ? std::optional(reminders_text{}) : std::nullopt;
  json_writer w;
  w.open('[');
  for (std::size_t i = 0; i < array->size(); ++i) {
    nested one(in, under(pointer, std::to_string(i)), (*array)[i], {"id", "at", "offset_s", "relative_to", "channel"});
    if (one)
      write_reminder(in, one, i, w);
  }
  return reminders_text{w.close(']').take()};
}

std::optional<std::string> rrule_of(args_reader& in, const nested& one) {
  const auto* v = one.find("rrule");
  if (!v)
    return std::nullopt;
  auto text = in.line_of(one.at("rrule"), *v, 1, rrule_max);
  if (text && (text->find("SECONDLY") != text->npos || text->find("MINUTELY") != text->npos ||
               text->find("FREQ=") == text->npos))
    in.fail(one.at("rrule"), "pattern", "a rule with FREQ of HOURLY or rarer is expected");
  return text;
}

std::optional<std::string> until_of(args_reader& in, const nested& one) {
  const auto* v = one.find("until");
  if (!v)
    return std::nullopt;
  if (is_calendar_date(string_in(*v)))
    return std::string(string_in(*v));
  const auto at = in.time_of(one.at("until"), *v);
  return at ? std::optional(to_rfc3339(*at)) : std::nullopt;
}

std::optional<recurrence_text> recurrence_of(args_reader& in, const std::string& pointer, const value& v) {
  nested one(in, pointer, v, {"pattern", "interval", "rrule", "anchor", "next_occurrence", "count", "until"});
  if (!one)
    return std::nullopt;
  const auto pattern = one.word("pattern", {"none", "daily", "weekly", "monthly", "yearly", "rrule"}, "none");
  const auto *interval = one.find("interval"), *count = one.find("count");
  const auto rrule = rrule_of(in, one);
  if (pattern == "rrule" && !one.find("rrule"))
    in.fail(one.at("rrule"), "required", "the pattern rrule needs a rule");
  json_writer w;
  w.open('{').member("pattern", pattern);
  w.member("interval", interval ? in.integer_of(one.at("interval"), *interval, 1, 366).value_or(1) : 1);
  w.member("rrule", rrule).member("anchor", one.word("anchor", {"schedule", "completion"}, "schedule"));
  w.member("next_occurrence", nullptr);
  w.member("count", count ? in.integer_of(one.at("count"), *count, 1, 1000) : std::nullopt);
  w.member("until", until_of(in, one)).close('}');
  auto json = w.take();
  return pattern == "none" ? recurrence_text{} : recurrence_text{std::move(json)};
}

std::optional<date_text> date_of(args_reader& in, std::string_view pointer, const value& v) {
  if (is_calendar_date(string_in(v)))
    return date_text{std::string(string_in(v))};
  in.fail(pointer, v.is_string() ? "pattern" : "type", "a date YYYY-MM-DD is expected");
  return std::nullopt;
}

constexpr std::array<std::string_view, 22> read_only_members{
  "id", "list_id", "number", "completed", "position", "before", "after", "elapsed_ms", "started_at", "links", "work",
  "comment_count", "created_by", "completed_at", "completed_by", "deleted_at", "rev", "created_at", "updated_at",
  "deleted_by", "next_task", "my_role"};

void read_references(args_reader& in, task_patch& patch) {
  const auto id = [&](const std::string& at, const value& v) { return in.id_of(at, v); };
  read_member(in, "section_id", patch.section_id, id);
  read_member(in, "parent_id", patch.parent_id, id);
  read_member(in, "tags", patch.tags, [&](const std::string& at, const value& v) { return ids_of(in, at, v, task_tags_max); });
  read_member(in, "depends_on", patch.depends_on,
         [&](const std::string& at, const value& v) { return ids_of(in, at, v, task_depends_max); });
  read_member(in, "assignees", patch.assignees, [&](const std::string& at, const value& v) { return assignees_of(in, at, v); });
}

void read_times(args_reader& in, task_patch& patch) {
  const auto time = [&](const std::string& at, const value& v) { return in.time_of(at, v); };
  read_member(in, "due_date", patch.due_date, [&](const std::string& at, const value& v) { return date_of(in, at, v); });
  read_member(in, "due_at", patch.due_at, time);
  read_member(in, "start_at", patch.start_at, time);
  read_member(in, "remind_at", patch.remind_at, time);
  read_member(in, "reminders", patch.reminders,
         [&](const std::string& at, const value& v) { return reminders_of(in, at, v); });
  read_member(in, "recurrence", patch.recurrence,
         [&](const std::string& at, const value& v) { return recurrence_of(in, at, v); });
}

}  // namespace

task_patch read_task_members(args_reader& in, bool title_required) {
  task_patch patch;
  if (const auto* v = in.take("title"))
    patch.title = in.line_of("/title", *v, 1, 500);
  else if (title_required)
    in.fail("/title", "required", "title is required");
  read_member(in, "description", patch.description,
         [&](const std::string& at, const value& v) { return in.text_of(at, v, description_bytes_max); });
  read_member(in, "status", patch.status, [&](const std::string& at, const value& v) {
    return enum_of(in, at, v, parse_task_status, "pending, in_progress, paused, completed or cancelled");
  });
  if (const auto* v = in.take("priority"))
    patch.priority = v->is_null() ? std::optional(task_priority::medium)
                                  : enum_of(in, "/priority", *v, parse_task_priority, "low, medium, high or urgent");
  read_times(in, patch);
  read_references(in, patch);
  read_member(in, "is_unclear", patch.is_unclear, [&](const std::string& at, const value& v) { return in.flag_of(at, v); });
  read_member(in, "expected_ms", patch.expected_ms,
         [&](const std::string& at, const value& v) { return in.integer_of(at, v, 0, duration_ms_max); });
  return patch;
}

void fill_task_defaults(task_patch& patch) {
  const task_fields defaults;
  const auto fill = [&](auto row) {
    if (auto& change = patch.*row.change; !change)
      change = defaults.*row.value;
  };
  each_field<task_patch>([&](std::uint8_t, const auto& row) {
    const auto is = [&](std::string_view name) { return row.name == name; };
    if (!is("title") && !is("position") && !is("elapsed_ms") && !is("started_at") && !is("completed_at") &&
        !is("completed_by"))
      fill(row);
  });
}

std::span<const std::string_view> task_read_only() noexcept { return read_only_members; }

}  // namespace callboard::list
