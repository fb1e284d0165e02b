#include "net/api/handlers.hpp"
#include "net/route.hpp"

namespace callboard::net {
namespace {

using namespace api;

constexpr std::span<const std::string_view> no_params;
constexpr std::string_view page_q[] = {"limit", "cursor"};
constexpr std::string_view lists_q[] = {"archived", "q", "limit", "cursor", "sort"};
constexpr std::string_view list_q[] = {"include", "include_deleted", "at_seq", "at"};
constexpr std::string_view delete_list_q[] = {"purge"};
constexpr std::string_view task_q[] = {"include_deleted", "at_seq", "at"};
constexpr std::string_view tasks_q[] = {"section_id", "status", "priority", "tag", "assignee", "due_after", "due_before",
                                        "updated_after", "parent_id", "sort", "include_deleted", "limit", "cursor",
                                        "at_seq", "at"};
constexpr std::string_view all_tasks_q[] = {"list_id", "section_id", "status", "priority", "tag", "assignee",
                                            "due_after", "due_before", "updated_after", "parent_id", "sort",
                                            "include_deleted", "limit", "cursor"};
constexpr std::string_view events_q[] = {"since_seq", "limit", "cursor"};
constexpr std::string_view stream_q[] = {"stream", "events", "since"};
constexpr std::string_view poll_q[] = {"since", "wait", "events"};
constexpr std::string_view users_q[] = {"email", "username"};
constexpr std::string_view command_q[] = {"wait"};
constexpr std::string_view trash_q[] = {"list_id", "limit", "cursor"};
constexpr std::string_view actors_q[] = {"kind", "node", "sort", "limit", "cursor"};

using enum http_method;
using enum access;
using enum body_rule;
constexpr auto any_scope = scope::tasks_read;
constexpr auto reads = scope::tasks_read;
constexpr auto items = scope::tasks_write;
constexpr auto admin = scope::lists_admin;
constexpr std::uint8_t secret = no_store;
constexpr std::uint8_t secret_write = no_store | writes;
constexpr std::uint8_t list_write = writes | one_list;
constexpr std::uint8_t guarded_write = writes | one_list | conditional;

// clang-format off
constexpr route table[] = {
  // -- operations
  {get, "/", "landing", "What runs here", "operations", open, any_scope, body_rule::none, "", "text/html", no_params, "200", 0, &landing},
  {get, "/health", "health", "Is the server up and ready?", "operations", open, any_scope, body_rule::none, "", "Health", no_params, "200 503", secret, &health},
  {get, "/health/live", "healthLive", "Is the process alive?", "operations", open, any_scope, body_rule::none, "", "Health", no_params, "200", secret, &health_live},
  {get, "/health/ready", "healthReady", "May it receive traffic?", "operations", open, any_scope, body_rule::none, "", "Health", no_params, "200 503", secret, &health_ready},
  {get, "/metrics", "metrics", "Metrics for Prometheus", "operations", open, any_scope, body_rule::none, "", "text/plain", no_params, "200 401 403", secret, &metrics},
  {get, "/v1/openapi.json", "openapi", "This description", "operations", open, any_scope, body_rule::none, "", "Document", no_params, "200", 0, &openapi},
  {get, "/v1/asyncapi.json", "asyncapi", "Description of the frames of callboard.v1", "operations", open, any_scope, body_rule::none, "", "Document", no_params, "200", 0, &api::asyncapi},
  {get, "/docs", "docs", "This description, for people", "operations", open, any_scope, body_rule::none, "", "text/html", no_params, "200", 0, &docs},
  {get, "/v1/ws", "socket", "WebSocket, subprotocol callboard.v1", "operations", open, any_scope, body_rule::none, "", "", no_params, "101 401 403 426", 0, &socket_wanted},
  {get, "/ws", "socketAlias", "The same as /v1/ws", "operations", open, any_scope, body_rule::none, "", "", no_params, "101 401 403 426", 0, &socket_wanted},
  {get, "/v1/admin/actors", "listActors", "Entities in memory", "operations", scoped, scope::admin_read, body_rule::none, "", "Page", actors_q, "200 400", 0, &admin_actors},
  {get, "/v1/admin/actors/{actor}", "getActor", "One entity in memory", "operations", scoped, scope::admin_read, body_rule::none, "", "Document", no_params, "200 404", 0, &admin_actor},
  {get, "/v1/admin/nodes", "listNodes", "Nodes of the cluster", "operations", scoped, scope::admin_read, body_rule::none, "", "Page", no_params, "200", 0, &admin_nodes},
  {get, "/v1/admin/users", "listUsers", "All accounts, oldest first", "operations", scoped, scope::admin_read, body_rule::none, "", "Page", page_q, "200 400", secret, &admin_users},
  {patch, "/v1/admin/users/{user_id}", "patchUser", "Change a user's role, or disable him", "operations", scoped, scope::admin_write, required, "UserAdminPatch", "User", no_params, "200 404 422", secret_write, &admin_patch_user},

  // -- auth
  {post, "/v1/auth/signup", "signUp", "Make an account and sign in", "auth", auth, any_scope, required, "SignUp", "Tokens", no_params, "201 403 409 422 429", secret_write, &sign_up},
  {post, "/v1/auth/signin", "signIn", "Sign in", "auth", auth, any_scope, required, "SignIn", "Tokens", no_params, "200 401 403 422 429", secret_write, &api::sign_in},
  {post, "/v1/auth/refresh", "refresh", "Exchange a refresh token", "auth", access::refresh, any_scope, required, "Refresh", "Tokens", no_params, "200 401 422 429", secret_write, &api::refresh},
  {post, "/v1/auth/logout", "logout", "End this sign-in", "auth", access::sign_in, any_scope, body_rule::none, "", "", no_params, "204 401", secret_write, &logout},
  {post, "/v1/auth/logout-all", "logoutAll", "End all sign-ins", "auth", access::sign_in, any_scope, body_rule::none, "", "", no_params, "204 401", secret_write, &logout_all},
  {get, "/v1/auth/me", "getMe", "Who am I?", "auth", token, any_scope, body_rule::none, "", "User", no_params, "200 304 401", secret, &get_me},
  {patch, "/v1/auth/me", "patchMe", "Change my profile", "auth", access::sign_in, any_scope, required, "ProfilePatch", "User", no_params, "200 401 412 422", secret_write, &patch_me},
  {post, "/v1/auth/password", "changePassword", "Change my password", "auth", access::sign_in, any_scope, required, "PasswordChange", "", no_params, "204 401 422 429", secret_write, &change_password},
  {get, "/v1/auth/sessions", "listSessions", "My sign-ins", "auth", access::sign_in, any_scope, body_rule::none, "", "Page", no_params, "200 401", secret, &sessions},
  {del, "/v1/auth/sessions/{session_id}", "endSession", "End one of my sign-ins", "auth", access::sign_in, any_scope, body_rule::none, "", "", no_params, "204 401 404", secret_write, &end_session},
  {del, "/v1/auth/me", "deleteMe", "End my account", "auth", access::sign_in, any_scope, body_rule::none, "", "", no_params, "202 401 403 409", secret_write, &delete_me},
  {get, "/v1/tokens", "listTokens", "My API tokens", "auth", access::sign_in, any_scope, body_rule::none, "", "TokenList", no_params, "200 401 403", secret, &list_tokens},
  {post, "/v1/tokens", "createToken", "Make an API token; it is shown this once", "auth", access::sign_in, any_scope, required, "TokenCreate", "TokenMade", no_params, "201 401 403 422", secret_write, &api::create_token},
  {get, "/v1/tokens/{token_id}", "getToken", "One of my API tokens", "auth", access::sign_in, any_scope, body_rule::none, "", "Token", no_params, "200 401 403 404", secret, &get_token},
  {del, "/v1/tokens/{token_id}", "deleteToken", "End an API token and its sockets", "auth", access::sign_in, any_scope, body_rule::none, "", "", no_params, "204 401 403 404", secret_write, &delete_token},
  {post, "/v1/ws/ticket", "makeTicket", "A ticket that opens one socket within 30 s", "auth", token, any_scope, optional, "", "Ticket", no_params, "201 401 503", secret_write, &make_ticket},
  {get, "/.well-known/jwks.json", "jwks", "Public keys of access tokens", "auth", open, any_scope, body_rule::none, "", "Document", no_params, "200", 0, &jwks},
  {get, "/v1/users", "findUser", "Find a user to share with", "auth", scoped, reads, body_rule::none, "", "FoundUser", users_q, "200 400 404 429", 0, &find_user},

  // -- lists
  {get, "/v1/lists", "listLists", "My lists", "lists", scoped, reads, body_rule::none, "", "Page", lists_q, "200 400", 0, &lists},
  {post, "/v1/lists", "createList", "Make a list", "lists", scoped, admin, required, "ListCreate", "List", no_params, "201 409 422", writes, &create_list},
  {get, "/v1/lists/{list_id}", "getList", "A list, with its parts if asked", "lists", scoped, reads, body_rule::none, "", "List", list_q, "200 304 400 404 503", one_list, &get_list},
  {put, "/v1/lists/{list_id}", "putList", "Create or replace a list", "lists", scoped, admin, required, "ListCreate", "List", no_params, "200 201 404 412 422 428", guarded_write, &put_list},
  {patch, "/v1/lists/{list_id}", "patchList", "Change a list", "lists", scoped, admin, required, "ListPatch", "List", no_params, "200 403 404 409 412 422", list_write, &list_command<"list.update">},
  {del, "/v1/lists/{list_id}", "deleteList", "Put a list into the trash, or purge it", "lists", scoped, admin, body_rule::none, "", "", delete_list_q, "204 403 404 409 412 428", guarded_write, &delete_list},
  {post, "/v1/lists/{list_id}/archive", "archiveList", "Archive a list", "lists", scoped, admin, optional, "", "List", no_params, "200 403 404 412", list_write, &list_command<"list.archive">},
  {post, "/v1/lists/{list_id}/unarchive", "unarchiveList", "Take a list out of the archive", "lists", scoped, admin, optional, "", "List", no_params, "200 403 404 412", list_write, &list_command<"list.unarchive">},
  {post, "/v1/lists/{list_id}/restore", "restoreList", "Take a list out of the trash", "lists", scoped, admin, optional, "", "List", no_params, "200 403 404 412", list_write, &list_command<"list.restore">},
  {post, "/v1/lists/{list_id}/reorder", "reorderTasks", "Give tasks a new order", "lists", scoped, items, required, "Reorder", "List", no_params, "200 403 404 409 412 422 428", guarded_write, &list_command<"list.reorder">},
  {get, "/v1/lists/{list_id}/events", "listEvents", "What happened, from the journal", "lists", scoped, reads, body_rule::none, "", "EventPage", events_q, "200 400 404", one_list, &list_events},

  // -- sections, tags, members
  {get, "/v1/lists/{list_id}/sections", "listSections", "Sections of a list", "sections", scoped, reads, body_rule::none, "", "Page", page_q, "200 304 404", one_list, &get_sections},
  {post, "/v1/lists/{list_id}/sections", "createSection", "Make a section", "sections", scoped, items, required, "SectionCreate", "Section", no_params, "201 403 404 409 422", list_write, &list_command<"section.create">},
  {patch, "/v1/lists/{list_id}/sections/{part_id}", "patchSection", "Change or move a section", "sections", scoped, items, required, "SectionPatch", "Section", no_params, "200 403 404 409 412 422", list_write, &part_command<"section.update">},
  {del, "/v1/lists/{list_id}/sections/{part_id}", "deleteSection", "Delete a section; its tasks stay", "sections", scoped, items, body_rule::none, "", "", no_params, "204 403 404 412", list_write, &part_command<"section.delete">},
  {get, "/v1/lists/{list_id}/tags", "listTags", "Tags of a list", "tags", scoped, reads, body_rule::none, "", "Page", page_q, "200 304 404", one_list, &get_tags},
  {post, "/v1/lists/{list_id}/tags", "createTag", "Make a tag", "tags", scoped, items, required, "TagCreate", "Tag", no_params, "201 403 404 409 422", list_write, &list_command<"tag.create">},
  {patch, "/v1/lists/{list_id}/tags/{part_id}", "patchTag", "Change a tag", "tags", scoped, items, required, "TagPatch", "Tag", no_params, "200 403 404 409 412 422", list_write, &part_command<"tag.update">},
  {del, "/v1/lists/{list_id}/tags/{part_id}", "deleteTag", "Delete a tag", "tags", scoped, items, body_rule::none, "", "", no_params, "204 403 404 412", list_write, &part_command<"tag.delete">},
  {get, "/v1/lists/{list_id}/members", "listMembers", "Members of a list", "members", scoped, reads, body_rule::none, "", "Page", page_q, "200 304 404", one_list, &get_members},
  {post, "/v1/lists/{list_id}/members", "addMember", "Share a list", "members", scoped, admin, required, "MemberAdd", "Member", no_params, "201 403 404 409 422", list_write, &list_command<"member.add">},
  {patch, "/v1/lists/{list_id}/members/{part_id}", "patchMember", "Change a member's role", "members", scoped, admin, required, "MemberPatch", "Member", no_params, "200 403 404 409 412 422", list_write, &part_command<"member.update">},
  {del, "/v1/lists/{list_id}/members/{part_id}", "removeMember", "Remove a member, or leave", "members", scoped, admin, body_rule::none, "", "", no_params, "204 403 404 409 412", list_write, &part_command<"member.remove">},

  // -- tasks: nested in their list
  {get, "/v1/lists/{list_id}/tasks", "listTasks", "Tasks of a list", "tasks", scoped, reads, body_rule::none, "", "Page", tasks_q, "200 304 400 404 503", one_list, &get_tasks},
  {post, "/v1/lists/{list_id}/tasks", "createTask", "Make a task", "tasks", scoped, items, required, "TaskCreate", "Task", no_params, "201 403 404 409 422", list_write, &list_command<"task.create">},
  {get, "/v1/lists/{list_id}/tasks/{task_id}", "getTask", "A task", "tasks", scoped, reads, body_rule::none, "", "Task", task_q, "200 304 400 404 503", one_list, &nested<show_task>},
  {put, "/v1/lists/{list_id}/tasks/{task_id}", "putTask", "Create or replace a task", "tasks", scoped, items, required, "TaskCreate", "Task", no_params, "200 201 403 404 409 412 422 428", guarded_write, &nested<put_task>},
  {patch, "/v1/lists/{list_id}/tasks/{task_id}", "patchTask", "Change a task", "tasks", scoped, items, required, "TaskPatch", "Task", no_params, "200 403 404 409 412 422", list_write, &nested<task_command<"task.update">>},
  {del, "/v1/lists/{list_id}/tasks/{task_id}", "deleteTask", "Put a task into the trash", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409 412", list_write, &nested<task_command<"task.delete">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/complete", "completeTask", "Complete a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", list_write, &nested<task_command<"task.complete">>},
  {patch, "/v1/lists/{list_id}/tasks/{task_id}/complete", "completeTaskPatch", "Complete a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", list_write, &nested<task_command<"task.complete">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/incomplete", "reopenTask", "Reopen a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", list_write, &nested<task_command<"task.reopen">>},
  {patch, "/v1/lists/{list_id}/tasks/{task_id}/incomplete", "reopenTaskPatch", "Reopen a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", list_write, &nested<task_command<"task.reopen">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/move", "moveTask", "Move a task", "tasks", scoped, items, required, "TaskMove", "Task", no_params, "200 403 404 409 412 422", list_write, &nested<task_command<"task.move">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/restore", "restoreTask", "Take a task out of the trash", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", list_write, &nested<task_command<"task.restore">>},
  {get, "/v1/lists/{list_id}/tasks/{task_id}/history", "taskHistory", "What happened to a task", "tasks", scoped, reads, body_rule::none, "", "Page", page_q, "200 400 404", one_list, &nested<show_history>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/timer/start", "startTimer", "Start time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", list_write, &nested<task_command<"task.timer_start">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/timer/pause", "pauseTimer", "Pause time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", list_write, &nested<task_command<"task.timer_pause">>},
  {post, "/v1/lists/{list_id}/tasks/{task_id}/timer/reset", "resetTimer", "Reset time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", list_write, &nested<task_command<"task.timer_reset">>},
  {put, "/v1/lists/{list_id}/tasks/{task_id}/tags/{part_id}", "tagTask", "Put a tag on a task", "tasks", scoped, items, optional, "", "Task", no_params, "204 403 404 409 422", list_write, &nested<task_set_command<"task.tag", "tag_id">>},
  {del, "/v1/lists/{list_id}/tasks/{task_id}/tags/{part_id}", "untagTask", "Take a tag off a task", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", list_write, &nested<task_set_command<"task.untag", "tag_id">>},
  {put, "/v1/lists/{list_id}/tasks/{task_id}/assignees/{part_id}", "assignTask", "Assign a task", "tasks", scoped, items, optional, "Assign", "Task", no_params, "204 403 404 409 422", list_write, &nested<task_set_command<"task.assign", "user_id">>},
  {del, "/v1/lists/{list_id}/tasks/{task_id}/assignees/{part_id}", "unassignTask", "Unassign a task", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", list_write, &nested<task_set_command<"task.unassign", "user_id">>},
  {put, "/v1/lists/{list_id}/tasks/{task_id}/depends-on/{part_id}", "addDependency", "Let a task depend on another", "tasks", scoped, items, optional, "", "Task", no_params, "204 403 404 409 422", list_write, &nested<task_set_command<"task.depend", "task_id">>},
  {del, "/v1/lists/{list_id}/tasks/{task_id}/depends-on/{part_id}", "removeDependency", "End a dependency", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", list_write, &nested<task_set_command<"task.undepend", "task_id">>},

  // -- tasks: flat, the list is found
  {get, "/v1/tasks", "findTasks", "Tasks of all my lists", "tasks", scoped, reads, body_rule::none, "", "Page", all_tasks_q, "200 400", 0, &get_tasks_across},
  {post, "/v1/tasks", "createTaskFlat", "Make a task in the list that `list_id` names", "tasks", scoped, items, required, "TaskCreate", "Task", no_params, "201 403 404 409 422", writes, &create_task_flat},
  {get, "/v1/tasks/{task_id}", "getTaskFlat", "A task", "tasks", scoped, reads, body_rule::none, "", "Task", task_q, "200 304 400 404 409 503", 0, &flat<show_task>},
  {put, "/v1/tasks/{task_id}", "putTaskFlat", "Create or replace a task", "tasks", scoped, items, required, "TaskCreate", "Task", no_params, "200 201 403 404 409 412 422 428", writes | conditional, &put_task_flat},
  {patch, "/v1/tasks/{task_id}", "patchTaskFlat", "Change a task", "tasks", scoped, items, required, "TaskPatch", "Task", no_params, "200 403 404 409 412 422", writes, &flat<task_command<"task.update">>},
  {del, "/v1/tasks/{task_id}", "deleteTaskFlat", "Put a task into the trash", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409 412", writes, &flat<task_command<"task.delete">>},
  {post, "/v1/tasks/{task_id}/complete", "completeTaskFlat", "Complete a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", writes, &flat<task_command<"task.complete">>},
  {patch, "/v1/tasks/{task_id}/complete", "completeTaskFlatPatch", "Complete a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", writes, &flat<task_command<"task.complete">>},
  {post, "/v1/tasks/{task_id}/incomplete", "reopenTaskFlat", "Reopen a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", writes, &flat<task_command<"task.reopen">>},
  {patch, "/v1/tasks/{task_id}/incomplete", "reopenTaskFlatPatch", "Reopen a task", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", writes, &flat<task_command<"task.reopen">>},
  {post, "/v1/tasks/{task_id}/move", "moveTaskFlat", "Move a task", "tasks", scoped, items, required, "TaskMove", "Task", no_params, "200 403 404 409 412 422", writes, &flat<task_command<"task.move">>},
  {post, "/v1/tasks/{task_id}/restore", "restoreTaskFlat", "Take a task out of the trash", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409 412", writes, &flat<task_command<"task.restore">>},
  {get, "/v1/tasks/{task_id}/history", "taskHistoryFlat", "What happened to a task", "tasks", scoped, reads, body_rule::none, "", "Page", page_q, "200 400 404 409", 0, &flat<show_history>},
  {post, "/v1/tasks/{task_id}/timer/start", "startTimerFlat", "Start time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", writes, &flat<task_command<"task.timer_start">>},
  {post, "/v1/tasks/{task_id}/timer/pause", "pauseTimerFlat", "Pause time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", writes, &flat<task_command<"task.timer_pause">>},
  {post, "/v1/tasks/{task_id}/timer/reset", "resetTimerFlat", "Reset time tracking", "tasks", scoped, items, optional, "", "Task", no_params, "200 403 404 409", writes, &flat<task_command<"task.timer_reset">>},
  {put, "/v1/tasks/{task_id}/tags/{part_id}", "tagTaskFlat", "Put a tag on a task", "tasks", scoped, items, optional, "", "Task", no_params, "204 403 404 409 422", writes, &flat<task_set_command<"task.tag", "tag_id">>},
  {del, "/v1/tasks/{task_id}/tags/{part_id}", "untagTaskFlat", "Take a tag off a task", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", writes, &flat<task_set_command<"task.untag", "tag_id">>},
  {put, "/v1/tasks/{task_id}/assignees/{part_id}", "assignTaskFlat", "Assign a task", "tasks", scoped, items, optional, "Assign", "Task", no_params, "204 403 404 409 422", writes, &flat<task_set_command<"task.assign", "user_id">>},
  {del, "/v1/tasks/{task_id}/assignees/{part_id}", "unassignTaskFlat", "Unassign a task", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", writes, &flat<task_set_command<"task.unassign", "user_id">>},
  {put, "/v1/tasks/{task_id}/depends-on/{part_id}", "addDependencyFlat", "Let a task depend on another", "tasks", scoped, items, optional, "", "Task", no_params, "204 403 404 409 422", writes, &flat<task_set_command<"task.depend", "task_id">>},
  {del, "/v1/tasks/{task_id}/depends-on/{part_id}", "removeDependencyFlat", "End a dependency", "tasks", scoped, items, body_rule::none, "", "", no_params, "204 403 404 409", writes, &flat<task_set_command<"task.undepend", "task_id">>},

  // -- events
  {get, "/v1/events", "streamEvents", "Events of up to 50 streams as they happen (server-sent events)", "events", scoped, reads, body_rule::none, "", "text/event-stream", stream_q, "200 400 401 404 406 429 503", secret, &stream_events},
  {get, "/v1/streams/{stream}/events", "pollEvents", "Events of a stream after a position, waiting for the next (long poll)", "events", scoped, reads, body_rule::none, "", "PolledEvents", poll_q, "200 400 401 404 410 429 503", secret, &api::poll_events},

  // -- commands
  {post, "/v1/commands", "sendCommands", "Up to 100 writes, accepted all or none", "commands", token, any_scope, required, "Commands", "", no_params, "202 403 422 503", writes, &send_commands},
  {get, "/v1/commands/{op_id}", "getCommand", "What became of a command that was answered 202", "commands", scoped, reads, body_rule::none, "", "Command", command_q, "200 400 404", 0, &get_command},
  {del, "/v1/commands/{op_id}", "deleteCommand", "Refused: it has taken effect already", "commands", token, any_scope, body_rule::none, "", "", no_params, "404 409", writes, &delete_command},

  // -- trash
  {get, "/v1/trash", "listTrash", "What is in the trash", "trash", scoped, reads, body_rule::none, "", "Page", trash_q, "200 400 404", 0, &trash},
  {del, "/v1/trash/{part_id}", "purgeTrash", "Purge a task or list for good", "trash", token, any_scope, body_rule::none, "", "", no_params, "204 403 404 409", writes, &purge_trashed},
};
// clang-format on

}  // namespace

std::span<const route> all_routes() noexcept { return table; }

}  // namespace callboard::net
