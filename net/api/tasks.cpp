#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/tasks_query.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

/// Takes `list_id` out of a body; answers 422 itself where it is missing or wrong.
std::optional<uuid> take_list_id(api_context& c, exchange& x) {
  const auto* value = x.body->if_contains("list_id");
  const auto id = value && value->is_string() ? parse_uuid(std::string_view(value->get_string())) : std::nullopt;
  if (!id) {
    const auto* code = !value ? "required" : value->is_string() ? "pattern" : "type";
    c.refuse(x, refuse_field("/list_id", code, "must be the UUID of a list"));
    return std::nullopt;
  }
  x.body->erase("list_id");
  return id;
}

}  // namespace

void get_tasks(api_context& c, exchange_ptr x) {
  auto filter = read_tasks_filter(x->query, x->who.user);
  if (!filter)
    return c.refuse(*x, filter.error());
  show_list_part(c, x, x->id(0), list::find_tasks{std::move(*filter)}, false);
}

void create_task_flat(api_context& c, exchange_ptr x) {
  if (const auto list = take_list_id(c, *x))
    c.command(x, "task.create", *list, x->body);
}

void put_task_flat(api_context& c, exchange_ptr x) {
  const auto task = x->id(0);
  // A task that is to be made has no list yet: the body names it.
  if (x->if_none_match.any) {
    if (const auto list = take_list_id(c, *x))
      put_task(c, x, *list, task, 1);
    return;
  }
  flat<put_task>(c, x);
}

void show_task(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t) {
  const auto deleted = x->query.flag("include_deleted");
  if (!deleted)
    return c.refuse(*x, deleted.error());
  show_list_part(c, x, list, list::get_task{task, *deleted}, *deleted);
}

void put_task(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t) {
  (*x->body)["id"] = to_string(task);
  c.command(x, "task.replace", list, x->body);
}

}  // namespace callboard::net::api
