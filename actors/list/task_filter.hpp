#pragma once

#include "actors/list/list_query.hpp"

namespace callboard::list {

/// One page of tasks in the order asked, and where the next begins (empty: nowhere).
struct task_page {
  std::vector<const task*> items;
  std::string next_cursor;
};

/// The tasks of a list that a filter lets through. `bad_cursor` for a cursor of another filter or sort.
result<task_page> find_page(const state& s, const tasks_filter& filter);

}  // namespace callboard::list
