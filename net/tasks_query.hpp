#pragma once

#include "actors/base/refusal.hpp"
#include "actors/list/list_query.hpp"
#include "net/query_string.hpp"

namespace callboard::net {

/// The filter of `…/tasks` from its query string; `caller` stands for `me`. 400 `bad_filter` for bad values.
result<list::tasks_filter> read_tasks_filter(const query_values& query, const uuid& caller);

}  // namespace callboard::net
