#include "actors/account/account.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/cursor.hpp"
#include "net/fan_in.hpp"

namespace callboard::net::api {
namespace {

constexpr std::string_view query_name = "admin-users";

/// A page of the accounts' own answers; those that have ended are left out.
void reply_users(api_context& c, exchange& x, std::vector<answer>&& answers, const std::string& next) {
  http_response out;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body.push_back(share(std::string("{\"items\":[")));
  for (auto& one : answers) {
    if (one.problem && one.problem->code == problem_code::not_found)
      continue;
    if (one.problem)
      return c.refuse(x, *one.problem);
    if (out.body.size() > 1)
      out.body.push_back(share(std::string(",")));
    out.body.insert(out.body.end(), one.body.begin(), one.body.end());
  }
  out.body.push_back(share("],\"next_cursor\":" + (next.empty() ? "null" : '"' + next + '"') + "}"));
  if (!next.empty())
    append_next_link(out, x, next);
  c.send(x, std::move(out));
}

void ask_accounts(api_context& c, const exchange_ptr& x, std::vector<std::string> ids, std::size_t limit) {
  const bool goes_on = ids.size() > limit;
  if (goes_on)
    ids.pop_back();
  std::vector<std::shared_ptr<envelope>> questions;
  for (const auto& id : ids) {
    questions.push_back(std::make_shared<envelope>(make_envelope<account::message>({entity_kind::account, id}, account::get{})));
    questions.back()->who = system_principal();
  }
  const auto next = goes_on ? make_cursor(ids.back(), query_name) : std::string();
  ask_all(c.way, std::move(questions),
          [&c, x, next](std::vector<answer>&& answers) { reply_users(c, *x, std::move(answers), next); });
}

}  // namespace

void admin_users(api_context& c, exchange_ptr x) {
  const auto limit = x->query.count("limit", 200, 50);
  if (!limit)
    return c.refuse(*x, limit.error());
  std::string after;
  if (const auto* cursor = x->query.find("cursor")) {
    const auto place = read_cursor(*cursor, query_name);
    if (!place)
      return c.refuse(*x, refuse_parameter("cursor", "does not belong to this query", problem_code::bad_cursor));
    after = *place;
  }
  c.read(x, [&c, x, after, limit = *limit]() -> std::function<void()> {
    auto ids = c.parts.entity_ids(entity_kind::account, after, limit + 1);
    return [&c, x, limit, ids = std::move(ids)] {
      if (!ids)
        return c.refuse(*x, ids.error());
      ask_accounts(c, x, *ids, limit);
    };
  });
}

}  // namespace callboard::net::api
