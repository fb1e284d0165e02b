#pragma once

#include "actors/list/list_query.hpp"
#include "net/api_context.hpp"

namespace callboard::net::api {

/// A query to a list, still without principal.
inline envelope to_list(const uuid& id, list::query q) {
  envelope out;
  out.to = {entity_kind::list, to_string(id)};
  out.role = message_role::query;
  out.type = list::type_of(q);
  out.body = list::make_query(std::move(q));
  return out;
}

/// The same, complete, for asking many.
inline std::shared_ptr<envelope> question_of(const exchange& x, const uuid& list, list::query q) {
  auto out = std::make_shared<envelope>(to_list(list, std::move(q)));
  out->who = x.who;
  out->request_id = x.request_id;
  out->trace_id = x.trace_id;
  return out;
}

/// Answers with what a list says to `q`: the list of today, or as it was at the request's `at_seq` or `at`.
void show_list_part(api_context& c, const exchange_ptr& x, const uuid& list, list::query q, bool include_deleted);

/// Waits (≤ 250 ms) until what this node acknowledged to the caller is folded, then runs `then`; with
/// Callboard-Min-Seq it waits ≤ 2 s for the positions asked for and else answers 503.
void once_folded(api_context& c, const exchange_ptr& x, std::function<void()> then);

/// `Link: <…>; rel="next"` for a page that goes on.
void append_next_link(http_response& out, const exchange& x, const std::string& cursor);

}  // namespace callboard::net::api
