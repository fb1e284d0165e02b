#pragma once

#include "net/api_context.hpp"
#include "net/exchange.hpp"
#include "net/route.hpp"

#include <functional>
#include <string_view>

/// The handlers that net/routes.cpp names; each ends its exchange, now or later.
namespace callboard::net::api {

// -- operations.cpp
void landing(api_context& c, exchange_ptr x);
void openapi(api_context& c, exchange_ptr x);
void asyncapi(api_context& c, exchange_ptr x);
void docs(api_context& c, exchange_ptr x);
void health(api_context& c, exchange_ptr x);
void health_live(api_context& c, exchange_ptr x);
void health_ready(api_context& c, exchange_ptr x);
void metrics(api_context& c, exchange_ptr x);
void admin_actors(api_context& c, exchange_ptr x);
void admin_actor(api_context& c, exchange_ptr x);
void admin_nodes(api_context& c, exchange_ptr x);
void socket_wanted(api_context& c, exchange_ptr x);

// -- auth_signup.cpp, auth.cpp, sessions.cpp
void sign_up(api_context& c, exchange_ptr x);
void sign_in(api_context& c, exchange_ptr x);
void refresh(api_context& c, exchange_ptr x);
void logout(api_context& c, exchange_ptr x);
void logout_all(api_context& c, exchange_ptr x);
void get_me(api_context& c, exchange_ptr x);
void patch_me(api_context& c, exchange_ptr x);
void change_password(api_context& c, exchange_ptr x);
void sessions(api_context& c, exchange_ptr x);
void end_session(api_context& c, exchange_ptr x);
void jwks(api_context& c, exchange_ptr x);

// -- tokens.cpp
void list_tokens(api_context& c, exchange_ptr x);
void create_token(api_context& c, exchange_ptr x);
void get_token(api_context& c, exchange_ptr x);
void delete_token(api_context& c, exchange_ptr x);
void make_ticket(api_context& c, exchange_ptr x);

// -- account_end.cpp
void delete_me(api_context& c, exchange_ptr x);

// -- commands.cpp
void send_commands(api_context& c, exchange_ptr x);
void get_command(api_context& c, exchange_ptr x);
void delete_command(api_context& c, exchange_ptr x);

// -- users.cpp, admin_users.cpp
void admin_users(api_context& c, exchange_ptr x);
void find_user(api_context& c, exchange_ptr x);
void admin_patch_user(api_context& c, exchange_ptr x);

// -- lists.cpp
void lists(api_context& c, exchange_ptr x);
void create_list(api_context& c, exchange_ptr x);
void get_list(api_context& c, exchange_ptr x);
void put_list(api_context& c, exchange_ptr x);
void delete_list(api_context& c, exchange_ptr x);

// -- list_parts.cpp: sections, tags, members
void get_sections(api_context& c, exchange_ptr x);
void get_tags(api_context& c, exchange_ptr x);
void get_members(api_context& c, exchange_ptr x);

// -- tasks.cpp, task_paths.cpp
void get_tasks(api_context& c, exchange_ptr x);
void get_tasks_across(api_context& c, exchange_ptr x);
void create_task_flat(api_context& c, exchange_ptr x);
void put_task_flat(api_context& c, exchange_ptr x);

/// What is done with a task once its list is known; `rest` is the index of the next path parameter.
using task_action = void (*)(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t rest);

/// Finds the list that holds a task, among those the caller may see; answers 404 or 409 itself.
void locate_task(api_context& c, const exchange_ptr& x, const uuid& task, std::function<void(const uuid& list)> then);

void show_task(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t rest);
void put_task(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t rest);
void show_history(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t rest);

/// `/v1/lists/{list_id}/tasks/{task_id}…`
template <task_action Action>
void nested(api_context& c, exchange_ptr x) {
  const auto list = x->id(0), task = x->id(1);
  Action(c, x, list, task, 2);
}
/// `/v1/tasks/{task_id}…`
template <task_action Action>
void flat(api_context& c, exchange_ptr x) {
  const auto task = x->id(0);
  locate_task(c, x, task, [&c, x, task](const uuid& list) { Action(c, x, list, task, 1); });
}

// -- trash.cpp
void trash(api_context& c, exchange_ptr x);
void purge_trashed(api_context& c, exchange_ptr x);

// -- events.cpp
void stream_events(api_context& c, exchange_ptr x);
void poll_events(api_context& c, exchange_ptr x);

// -- list_events.cpp
void list_events(api_context& c, exchange_ptr x);

// -- writes that are their command and nothing else --------------------------------------------------------------

/// A command's name as a template argument.
template <std::size_t N>
struct command_name {
  char text[N];
  constexpr command_name(const char (&from)[N]) { std::copy_n(from, N, text); }
};

/// The args of a command about a part: the body and the part's id; 422 `read_only` if the body has an id of its own.
std::shared_ptr<boost::json::object> args_about(api_context& c, const exchange_ptr& x, const uuid& id);
/// The same with one more id from the path.
std::shared_ptr<boost::json::object> args_about(api_context& c, const exchange_ptr& x, const uuid& id,
                                                std::string_view name, const uuid& other);

/// The body goes to the list of the path as it is.
template <command_name Name>
void list_command(api_context& c, exchange_ptr x) {
  c.command(x, Name.text, x->id(0), body_or_empty(*x));
}
/// The same for a section, tag or member of the list.
template <command_name Name>
void part_command(api_context& c, exchange_ptr x) {
  if (auto args = args_about(c, x, x->id(1)))
    c.command(x, Name.text, x->id(0), std::move(args));
}
template <command_name Name>
void task_command(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t) {
  if (auto args = args_about(c, x, task))
    c.command(x, Name.text, list, std::move(args));
}
/// A set operation: the last id of the path is the member of the set.
template <command_name Name, command_name Other>
void task_set_command(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t rest) {
  if (auto args = args_about(c, x, task, Other.text, x->id(rest)))
    c.command(x, Name.text, list, std::move(args));
}

}  // namespace callboard::net::api
