#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/fan_in.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

constexpr std::size_t lists_max = 500;

/// The trash of all lists as one page, newest deletion first. A list's own page is bounded, and so is this.
void reply_all(api_context& c, exchange& x, const std::vector<answer>& answers, std::size_t limit) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& one : answers) {
    if (one.problem && one.problem->code != problem_code::not_found)
      return c.refuse(x, *one.problem);
    const auto page = object_in(one);
    const auto* list = page ? page->if_contains("items") : nullptr;
    if (!list || !list->is_array())
      continue;
    for (const auto& item : list->get_array()) {
      const auto* at = item.get_object().if_contains("deleted_at");
      items.emplace_back(at && at->is_string() ? std::string(at->get_string()) : "", json::serialize(item));
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  items.resize(std::min(items.size(), limit));
  std::string body = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i)
    body.append(i ? "," : "").append(items[i].second);
  c.reply_json(x, 200, body + "],\"next_cursor\":null}");
}

void all_trash(api_context& c, const exchange_ptr& x, std::size_t limit) {
  once_folded(c, x, [&c, x, limit] {
    c.read(x, [&c, x, limit]() -> std::function<void()> {
      list::lists_query q;
      q.member = x->who.user;
      q.archived = std::nullopt;
      q.limit = lists_max;
      auto found = c.parts.lists.lists_of(q);
      return [&c, x, limit, found = std::move(found)] {
        if (!found)
          return c.refuse(*x, found.error());
        std::vector<std::shared_ptr<envelope>> questions;
        for (const auto& entry : *found)
          questions.push_back(question_of(*x, entry.id, list::get_trash{{}, limit}));
        ask_all(c.way, std::move(questions),
                [&c, x, limit](std::vector<answer>&& answers) { reply_all(c, *x, answers, limit); });
      };
    });
  });
}

}  // namespace

void trash(api_context& c, exchange_ptr x) {
  const auto limit = x->query.count("limit", 200, 50);
  if (!limit)
    return c.refuse(*x, limit.error());
  const auto* list = x->query.find("list_id");
  const auto* cursor = x->query.find("cursor");
  if (!list && cursor)
    return c.refuse(*x, refuse_parameter("cursor", "only with list_id", problem_code::bad_cursor));
  if (!list)
    return all_trash(c, x, *limit);
  const auto id = parse_uuid(*list);
  if (!id)
    return c.refuse(*x, refuse_parameter("list_id", "must be a UUID"));
  c.show(x, to_list(*id, list::get_trash{cursor ? *cursor : std::string(), *limit}));
}

void purge_trashed(api_context& c, exchange_ptr x) {
  const auto id = x->id(0);
  c.read(x, [&c, x, id]() -> std::function<void()> {
    auto found = c.parts.lists.locate_task(x->who.user, id);
    return [&c, x, id, found = std::move(found)] {
      if (!found)
        return c.refuse(*x, found.error());
      auto lists = *found;
      for (const auto& list : c.parts.shared.writes.lists_with(id, std::chrono::steady_clock::now()))
        if (std::find(lists.begin(), lists.end(), list) == lists.end())
          lists.push_back(list);
      auto args = std::make_shared<json::object>();
      (*args)["id"] = to_string(id);
      if (lists.empty())
        return c.command(x, "list.purge", id, std::move(args));
      if (lists.size() == 1)
        return c.command(x, "task.purge", lists.front(), std::move(args));
      locate_task(c, x, id, [&c, x, args](const uuid& list) { c.command(x, "task.purge", list, args); });
    };
  });
}

}  // namespace callboard::net::api
