#include "actors/base/json_reader.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/cursor.hpp"
#include "net/fan_in.hpp"
#include "net/tasks_query.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

constexpr std::size_t lists_max = 500;
/// The order across lists: newest change first, ties by id. The only one so far.
constexpr std::string_view order_name = "-updated_at";

struct found_task {
  std::string updated_at, id, text;
  bool operator<(const found_task& other) const {
    return updated_at != other.updated_at ? updated_at > other.updated_at : id < other.id;
  }
};

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The query without what may differ between pages.
std::string name_of(const exchange& x) {
  std::string out = "tasks:" + to_string(x.who.user);
  for (const auto* name : {"section_id", "status", "priority", "tag", "assignee", "due_after", "due_before",
                           "updated_after", "parent_id", "include_deleted"})
    if (const auto* value = x.query.find(name))
      out.append("&").append(name).append("=").append(*value);
  return out;
}

void collect(const answer& one, const found_task& after, std::vector<found_task>& out) {
  const auto page = object_in(one);
  const auto* items = page ? page->if_contains("items") : nullptr;
  if (!items || !items->is_array())
    return;
  for (const auto& item : items->get_array()) {
    const auto& task = item.get_object();
    found_task found{text_of(task, "updated_at"), text_of(task, "id"), {}};
    if (!after.id.empty() && !(after < found))
      continue;
    found.text = json::serialize(item);
    out.push_back(std::move(found));
  }
}

void reply_merged(api_context& c, exchange& x, std::vector<found_task>&& all, std::size_t limit, bool more) {
  std::sort(all.begin(), all.end());
  more = more || all.size() > limit;
  if (all.size() > limit)
    all.resize(limit);
  std::string body = "{\"items\":[";
  for (std::size_t i = 0; i < all.size(); ++i)
    body.append(i ? "," : "").append(all[i].text);
  const auto next = more && !all.empty() ? make_cursor(all.back().updated_at + " " + all.back().id, name_of(x)) : "";
  body += next.empty() ? "],\"next_cursor\":null}" : "],\"next_cursor\":\"" + next + "\"}";
  http_response out;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body.push_back(share(std::move(body)));
  if (!next.empty())
    append_next_link(out, x, next);
  c.send(x, std::move(out));
}

/// One page over all lists: every list is asked on until `limit` of its tasks lie beyond the cursor or it has no more,
/// so that the best `limit` of all are among those gathered.
struct gathering {
  list::tasks_filter filter;
  found_task after;
  std::vector<found_task> all;
  std::map<uuid, std::size_t> counts;  ///< tasks gathered of each list
  bool more = false;
};

void ask_pages(api_context& c, const exchange_ptr& x, const std::shared_ptr<gathering>& g,
               std::vector<std::pair<uuid, std::string>> open) {
  if (open.empty())
    return reply_merged(c, *x, std::move(g->all), g->filter.limit, g->more);
  std::vector<std::shared_ptr<envelope>> questions;
  for (const auto& [list, cursor] : open) {
    auto filter = g->filter;
    filter.cursor = cursor;
    questions.push_back(question_of(*x, list, list::find_tasks{std::move(filter)}));
  }
  ask_all(c.way, std::move(questions), [&c, x, g, open](std::vector<answer>&& answers) {
    std::vector<std::pair<uuid, std::string>> again;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i].problem && answers[i].problem->code != problem_code::not_found)
        return c.refuse(*x, *answers[i].problem);
      const auto before = g->all.size();
      collect(answers[i], g->after, g->all);
      const auto page = object_in(answers[i]);
      const auto next = page ? text_of(*page, "next_cursor") : std::string();
      if (next.empty())
        continue;
      auto& count = g->counts[open[i].first];
      count += g->all.size() - before;
      if (count < g->filter.limit)
        again.emplace_back(open[i].first, next);
      else
        g->more = true;
    }
    ask_pages(c, x, g, std::move(again));
  });
}

}  // namespace

void get_tasks_across(api_context& c, exchange_ptr x) {
  auto filter = read_tasks_filter(x->query, x->who.user);
  if (!filter)
    return c.refuse(*x, filter.error());
  if (const auto* text = x->query.find("list_id")) {
    const auto list = parse_uuid(*text);
    if (!list)
      return c.refuse(*x, refuse_parameter("list_id", "must be a UUID"));
    return c.show(x, to_list(*list, list::find_tasks{std::move(*filter)}));
  }
  if (const auto* sort = x->query.find("sort"); sort && *sort != order_name)
    return c.refuse(*x, refuse_parameter("sort", "across lists tasks are sorted by -updated_at"));
  const auto g = std::make_shared<gathering>();
  g->filter = std::move(*filter);
  g->filter.sort = *list::parse_sort(order_name);
  g->filter.cursor.clear();
  if (const auto* cursor = x->query.find("cursor")) {
    const auto place = read_cursor(*cursor, name_of(*x));
    if (!place || place->find(' ') == std::string::npos)
      return c.refuse(*x, refuse_parameter("cursor", "does not belong to this query", problem_code::bad_cursor));
    g->after = {place->substr(0, place->find(' ')), place->substr(place->find(' ') + 1), {}};
  }
  once_folded(c, x, [&c, x, g] {
    c.read(x, [&c, x, g]() -> std::function<void()> {
      list::lists_query q;
      q.member = x->who.user;
      q.limit = lists_max;
      auto found = c.parts.lists.lists_of(q);
      return [&c, x, g, found = std::move(found)] {
        if (!found)
          return c.refuse(*x, found.error());
        std::vector<std::pair<uuid, std::string>> open;
        for (const auto& entry : *found)
          open.emplace_back(entry.id, std::string());
        ask_pages(c, x, g, std::move(open));
      };
    });
  });
}

}  // namespace callboard::net::api
