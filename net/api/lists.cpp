#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/cursor.hpp"
#include "net/fan_in.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

constexpr std::size_t lists_per_user_max = 500;

/// What of a lists query a cursor is bound to.
std::string name_of(const list::lists_query& q) {
  return std::string("lists:") + (q.archived ? (*q.archived ? "1" : "0") : "any") + (q.descending ? "-" : "+") +
         q.name_contains;
}

std::string place_of(const list::list_entry& entry) {
  return std::to_string(entry.created_at.time_since_epoch().count()) + " " + to_string(entry.id);
}

std::optional<std::pair<timestamp, uuid>> parse_place(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == text.npos)
    return std::nullopt;
  const auto at = parse_number(text.substr(0, blank));
  const auto id = parse_uuid(text.substr(blank + 1));
  if (!at || !id)
    return std::nullopt;
  return std::pair{timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(*at)}}, *id};
}

result<list::lists_query> read_query(const exchange& x) {
  list::lists_query q;
  q.member = x.who.user;
  if (const auto* archived = x.query.find("archived")) {
    if (*archived == "any")
      q.archived = std::nullopt;
    else if (*archived == "true" || *archived == "false")
      q.archived = *archived == "true";
    else
      return refuse_parameter("archived", "must be true, false or any");
  }
  if (const auto* text = x.query.find("q")) {
    if (text->size() > 800)
      return refuse_parameter("q", "max 200 characters");
    q.name_contains = *text;
  }
  if (const auto* sort = x.query.find("sort")) {
    if (*sort != "created_at" && *sort != "-created_at")
      return refuse_parameter("sort", "must be created_at or -created_at");
    q.descending = sort->front() == '-';
  }
  const auto limit = x.query.count("limit", 200, 50);
  if (!limit)
    return limit.error();
  q.limit = *limit;
  if (const auto* cursor = x.query.find("cursor")) {
    const auto place = read_cursor(*cursor, name_of(q));
    q.after = place ? parse_place(*place) : std::nullopt;
    if (!q.after)
      return refuse_parameter("cursor", "does not belong to this query", problem_code::bad_cursor);
  }
  return q;
}

/// `{"items":[…],"next_cursor"}` over the lists' own answers; those gone in between are left out.
void reply_page(api_context& c, exchange& x, std::vector<answer>&& answers, const std::string& next) {
  http_response out;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body.push_back(share("{\"items\":["));
  const auto comma = share(",");
  bool first = true;
  for (auto& one : answers) {
    if (one.problem && one.problem->code != problem_code::not_found)
      return c.refuse(x, *one.problem);
    if (one.problem)
      continue;
    if (!std::exchange(first, false))
      out.body.push_back(comma);
    out.body.insert(out.body.end(), std::make_move_iterator(one.body.begin()), std::make_move_iterator(one.body.end()));
  }
  out.body.push_back(share(next.empty() ? "],\"next_cursor\":null}" : "],\"next_cursor\":\"" + next + "\"}"));
  if (!next.empty())
    append_next_link(out, x, next);
  c.send(x, std::move(out));
}

void ask_lists(api_context& c, const exchange_ptr& x, const list::lists_query& q, std::vector<list::list_entry> found) {
  std::string next;
  if (found.size() > q.limit) {
    found.resize(q.limit);
    next = make_cursor(place_of(found.back()), name_of(q));
  }
  std::vector<std::shared_ptr<envelope>> questions;
  for (const auto& entry : found)
    questions.push_back(question_of(*x, entry.id, list::get_list{}));
  ask_all(c.way, std::move(questions),
          [&c, x, next](std::vector<answer>&& answers) { reply_page(c, *x, std::move(answers), next); });
}

result<list::get_list> read_include(const exchange& x) {
  list::get_list q;
  const auto deleted = x.query.flag("include_deleted");
  if (!deleted)
    return deleted.error();
  q.include_deleted = *deleted;
  const auto* include = x.query.find("include");
  for (std::string_view rest = include ? *include : std::string_view{}; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    bool* flag = part == "sections" ? &q.sections : part == "tasks" ? &q.tasks : part == "tags" ? &q.tags
               : part == "members" ? &q.members : nullptr;
    if (!flag)
      return refuse_parameter("include", "takes sections, tasks, tags and members");
    *flag = true;
  }
  return q;
}

}  // namespace

void lists(api_context& c, exchange_ptr x) {
  auto q = read_query(*x);
  if (!q)
    return c.refuse(*x, q.error());
  once_folded(c, x, [&c, x, q = *q] {
    c.read(x, [&c, x, q]() -> std::function<void()> {
      // One more than asked tells whether the page goes on.
      auto wider = q;
      ++wider.limit;
      auto found = c.parts.lists.lists_of(wider);
      return [&c, x, q, found = std::move(found)] {
        if (!found)
          return c.refuse(*x, found.error());
        ask_lists(c, x, q, *found);
      };
    });
  });
}

void create_list(api_context& c, exchange_ptr x) {
  c.read(x, [&c, x]() -> std::function<void()> {
    const auto owned = c.parts.lists.owned_count(x->who.user);
    return [&c, x, owned] {
      if (!owned)
        return c.refuse(*x, owned.error());
      if (*owned >= lists_per_user_max)
        return c.refuse(*x, refuse_field("", "limit", "a user owns at most 500 lists"));
      c.command(x, "list.create", uuid{}, x->body);
    };
  });
}

void get_list(api_context& c, exchange_ptr x) {
  auto q = read_include(*x);
  if (!q)
    return c.refuse(*x, q.error());
  const bool deleted = q->include_deleted;
  show_list_part(c, x, x->id(0), std::move(*q), deleted);
}

void put_list(api_context& c, exchange_ptr x) {
  (*x->body)["id"] = to_string(x->id(0));
  c.command(x, "list.replace", x->id(0), x->body);
}

void delete_list(api_context& c, exchange_ptr x) {
  const auto purge = x->query.flag("purge");
  if (!purge)
    return c.refuse(*x, purge.error());
  c.command(x, *purge ? "list.purge" : "list.delete", x->id(0), body_or_empty(*x));
}

}  // namespace callboard::net::api
