#include "net/tasks_query.hpp"

#include "net/problem.hpp"

#include <vector>

namespace callboard::net {
namespace {

constexpr std::size_t values_max = 100;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(',');
    out.push_back(text.substr(0, end));
    if (end == text.npos || out.size() > values_max)
      return out;
    text.remove_prefix(end + 1);
  }
}

template <class T, class Parse>
result<void> read_words(const query_values& query, std::string_view name, std::vector<T>& out, Parse parse) {
  const auto* text = query.find(name);
  if (!text)
    return {};
  for (const auto word : split(*text)) {
    const auto value = parse(word);
    if (!value)
      return refuse_parameter(name, "does not know `" + std::string(word.substr(0, 40)) + "`");
    out.push_back(*value);
  }
  return {};
}

result<void> read_ids(const query_values& query, std::string_view name, list::id_filter& out, const uuid* me) {
  const auto* text = query.find(name);
  if (!text)
    return {};
  for (const auto word : split(*text)) {
    const auto id = me && word == "me" ? std::optional(*me) : parse_uuid(word);
    if (word == "none")
      out.none = true;
    else if (id)
      out.any.push_back(*id);
    else
      return refuse_parameter(name, "takes ids and none");
  }
  return {};
}

result<std::optional<timestamp>> read_instant(const query_values& query, std::string_view name) {
  const auto* text = query.find(name);
  if (!text)
    return std::optional<timestamp>{};
  const auto at = parse_rfc3339(*text);
  if (!at)
    return refuse_parameter(name, "must be an RFC 3339 time");
  return std::optional<timestamp>{*at};
}

result<std::optional<list::due_bound>> read_due(const query_values& query, std::string_view name) {
  const auto* text = query.find(name);
  if (!text)
    return std::optional<list::due_bound>{};
  if (is_calendar_date(*text))
    return std::optional<list::due_bound>{list::due_bound{*parse_rfc3339(*text + "T00:00:00Z"), *text}};
  if (const auto at = parse_rfc3339(*text))
    return std::optional<list::due_bound>{list::due_bound{*at, {}}};
  return refuse_parameter(name, "must be a date or an RFC 3339 time");
}

template <class T>
bool store(result<T>&& from, T& to, result<void>& problem) {
  if (from)
    to = std::move(*from);
  else
    problem = from.error();
  return from.has_value();
}

}  // namespace

result<list::tasks_filter> read_tasks_filter(const query_values& query, const uuid& caller) {
  list::tasks_filter f;
  for (auto ok : {read_words(query, "status", f.status, list::parse_task_status),
                  read_words(query, "priority", f.priority, list::parse_task_priority),
                  read_ids(query, "section_id", f.section, nullptr), read_ids(query, "parent_id", f.parent, nullptr),
                  read_ids(query, "tag", f.tag, nullptr), read_ids(query, "assignee", f.assignee, &caller)})
    if (!ok)
      return ok.error();
  result<void> problem;
  if (!store(read_due(query, "due_after"), f.due_after, problem) ||
      !store(read_due(query, "due_before"), f.due_before, problem) ||
      !store(read_instant(query, "updated_after"), f.updated_after, problem) ||
      !store(query.flag("include_deleted"), f.include_deleted, problem) ||
      !store(query.count("limit", 200, 50), f.limit, problem))
    return problem.error();
  if (const auto* sort = query.find("sort")) {
    auto keys = list::parse_sort(*sort);
    if (!keys)
      return refuse_parameter("sort", "takes position, number, created_at, updated_at, due_at, priority, title");
    f.sort = std::move(*keys);
  }
  if (const auto* cursor = query.find("cursor"))
    f.cursor = *cursor;
  return f;
}

}  // namespace callboard::net
