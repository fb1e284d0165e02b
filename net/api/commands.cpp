#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

constexpr std::size_t commands_max = 100;
constexpr std::uint64_t wait_max_s = 30;
constexpr std::chrono::milliseconds look_again{200};

// -- one body into calls ----------------------------------------------------------------------------------------

/// Reads the members of one command; what is wrong goes into `errors` with its pointer.
class command_reader {
 public:
  command_reader(const exchange& x, std::size_t index, std::vector<field_error>& errors)
      : x_(x), at_("/commands/" + std::to_string(index)), errors_(errors) {}

  command_call read(json::object& object) {
    command_call call;
    call.who = x_.who;
    call.kept = outcome_kept::always;
    call.client_op_id = true;
    call.request_id = x_.request_id;
    call.trace_id = x_.trace_id;
    call.ip = x_.request.remote_ip;
    for (auto& [name, value] : object)
      take(call, name, value);
    for (const auto* name : {"op_id", "type", "stream"})
      if (!object.contains(name))
        fail(name, "required", "must be given");
    if (!call.args)
      call.args = std::make_shared<json::object>();
    return call;
  }

 private:
  void take(command_call& call, std::string_view name, json::value& value) {
    if (name == "op_id") {
      const auto id = value.is_string() ? parse_uuid(std::string_view(value.get_string())) : std::nullopt;
      if (!id)
        fail(name, value.is_string() ? "pattern" : "type", "must be a UUID");
      call.op_id = id.value_or(uuid{});
    } else if (name == "type") {
      call.type = text(name, value);
      const auto known = command_types();
      if (value.is_string() && std::none_of(known.begin(), known.end(), [&](const auto& t) { return t.name == call.type; }))
        fail(name, "enum", "no such command");
    } else if (name == "stream") {
      const auto list = list_of_stream(text(name, value));
      if (value.is_string() && !list)
        fail(name, "pattern", "must be list:<id>");
      call.list = list ? *list : uuid{};
    } else if (name == "args") {
      if (!value.is_object())
        return fail(name, "type", "must be an object");
      call.bytes = json::serialize(value).size();
      call.args = std::make_shared<json::object>(std::move(value.get_object()));
    } else if (name == "if_rev") {
      call.if_rev = natural(name, value);
    } else if (name == "base_rev") {
      call.base_rev = natural(name, value);
    } else {
      fail(name, "unknown_member", "is not known here");
    }
  }

  std::string text(std::string_view name, const json::value& value) {
    if (value.is_string())
      return std::string(value.get_string());
    fail(name, "type", "must be a string");
    return {};
  }
  std::optional<std::uint64_t> natural(std::string_view name, const json::value& value) {
    if (value.is_null())
      return std::nullopt;
    if (!value.is_int64() || value.get_int64() < 0) {
      fail(name, "type", "must be a natural number");
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(value.get_int64());
  }
  void fail(std::string_view name, std::string code, std::string detail) {
    errors_.push_back({at_ + '/' + std::string(name), std::move(code), std::move(detail), {}});
  }

  const exchange& x_;
  const std::string at_;
  std::vector<field_error>& errors_;
};

refusal refuse_all(std::vector<field_error> errors) {
  const auto count = errors.size();
  errors.resize(std::min<std::size_t>(count, 100));
  return {problem_code::validation, std::to_string(count) + (count == 1 ? " field is" : " fields are") + " invalid",
          std::move(errors), {}};
}

result<std::vector<command_call>> read_commands(const exchange& x) {
  auto* list = x.body->if_contains("commands");
  if (!list)
    return refuse_field("/commands", "required", "must be given");
  if (!list->is_array())
    return refuse_field("/commands", "type", "must be an array");
  auto& items = list->get_array();
  if (items.empty() || items.size() > commands_max)
    return refuse_field("/commands", items.empty() ? "too_short" : "too_long", "takes 1 to 100 commands");
  std::vector<field_error> errors;
  for (const auto& [name, value] : *x.body)
    if (name != "commands")
      errors.push_back({"/" + std::string(name), "unknown_member", "is not known here", {}});
  std::vector<command_call> calls;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_object())
      calls.push_back(command_reader(x, i, errors).read(items[i].get_object()));
    else
      errors.push_back({"/commands/" + std::to_string(i), "type", "must be an object", {}});
  }
  if (!errors.empty())
    return refuse_all(std::move(errors));
  return calls;
}

/// 403 for the whole if one command needs a scope that the token lacks.
result<void> check_scopes(const principal& who, const std::vector<command_call>& calls) {
  for (const auto& call : calls)
    for (const auto& row : command_types())
      if (row.name == call.type)
        if (auto ok = check_scope(who, row.needed); !ok)
          return ok.error();
  return {};
}

// -- all or none -------------------------------------------------------------------------------------------------

/// A request's commands on their way: first all are prepared, then all are told, in their order.
struct command_batch {
  std::vector<prepared_command> prepared;
  std::vector<command_outcome> outcomes;
  std::size_t missing = 0;
};
using batch_ptr = std::shared_ptr<command_batch>;

/// Committed, under way, or applied before.
bool is_accepted(const answer& said) {
  return !said.problem || said.kept || said.problem->code == problem_code::idempotency_in_progress;
}

void finish(api_context& c, const exchange_ptr& x, const batch_ptr& batch) {
  auto& outcomes = batch->outcomes;
  for (const auto& one : outcomes)
    if (one.content.kept)
      c.command_done(x->who.user, one);
  const auto failed = std::find_if(outcomes.begin(), outcomes.end(), [](const auto& o) { return !is_accepted(o.content); });
  if (failed != outcomes.end()) {
    const bool some_were = std::any_of(outcomes.begin(), outcomes.end(), [](const auto& o) { return is_accepted(o.content); });
    return c.refuse(*x, *failed->content.problem, some_were || failed->content.outcome_unknown);
  }
  http_response out;
  out.status = 202;
  if (outcomes.size() == 1)
    out.headers.emplace_back("Location", "/v1/commands/" + to_string(outcomes.front().op_id));
  c.send(*x, std::move(out));
}

/// The first refusal that is not about fields, or all wrong fields with their place in the request.
std::optional<refusal> why_not(const std::vector<prepared_command>& prepared) {
  std::vector<field_error> errors;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const auto& problem = prepared[i].outcome.content.problem;
    if (!problem)
      continue;
    if (problem->errors.empty())
      return problem;
    for (auto error : problem->errors) {
      error.pointer = "/commands/" + std::to_string(i) + "/args" + error.pointer;
      errors.push_back(std::move(error));
    }
  }
  if (errors.empty())
    return std::nullopt;
  return refuse_all(std::move(errors));
}

void tell_all(api_context& c, const exchange_ptr& x, const batch_ptr& batch) {
  if (const auto why = why_not(batch->prepared))
    return c.refuse(*x, *why);
  const auto count = batch->prepared.size();
  batch->outcomes.resize(count);
  batch->missing = count;
  for (std::size_t i = 0; i < count; ++i)
    c.commands.tell(std::move(batch->prepared[i]), [&c, x, batch, i](command_outcome&& outcome) {
      batch->outcomes[i] = std::move(outcome);
      if (--batch->missing == 0)
        finish(c, x, batch);
    });
}

// -- what became of one -------------------------------------------------------------------------------------------

std::string render(const finished_command& command) {
  json_writer w;
  w.open('{').member("op_id", command.op_id).member("type", command.type);
  w.member("status", command.problem ? "rejected" : "applied").member("stream", command.stream);
  w.member("seq", command.problem ? std::nullopt : std::optional(command.seq)).key("resources").open('[');
  for (const auto& path : command.resources)
    w.value(path);
  w.close(']').key("problem");
  if (command.problem)
    w.raw(render_problem(*command.problem, {{}, {}, {}, write_outcome::not_applied, false}, command.at));
  else
    w.value(nullptr);
  return w.member("accepted_at", command.at).member("finished_at", command.at).close('}').take();
}

using found_command = std::function<void(const std::optional<finished_command>&)>;

/// Reads the outcome, and again until `until` while there is none.
void look_for(api_context& c, const exchange_ptr& x, const uuid& op_id, steady_time until, found_command then) {
  c.read(x, [&c, x, op_id, until, then]() -> std::function<void()> {
    auto found = c.parts.find_command(x->who.user, op_id);
    return [&c, x, op_id, until, then, found = std::move(found)] {
      if (!found)
        return c.refuse(*x, found.error());
      if (*found || std::chrono::steady_clock::now() >= until)
        return then(*found);
      c.parts.loop.after(look_again, [&c, x, op_id, until, then] { look_for(c, x, op_id, until, then); });
    };
  });
}

refusal unknown_command() { return refuse(problem_code::not_found, "you sent no such command in the last 24 hours"); }

}  // namespace

void send_commands(api_context& c, exchange_ptr x) {
  auto calls = read_commands(*x);
  if (!calls)
    return c.refuse(*x, calls.error());
  if (auto ok = check_scopes(x->who, *calls); !ok)
    return c.refuse(*x, ok.error());
  const auto batch = std::make_shared<command_batch>();
  const auto count = calls->size();
  batch->prepared.resize(count);
  batch->missing = count;
  for (std::size_t i = 0; i < count; ++i)
    c.commands.prepare(std::move((*calls)[i]), [&c, x, batch, i](prepared_command&& command) {
      batch->prepared[i] = std::move(command);
      if (--batch->missing == 0)
        tell_all(c, x, batch);
    });
}

void get_command(api_context& c, exchange_ptr x) {
  const auto wait = x->query.number("wait");
  if (!wait)
    return c.refuse(*x, wait.error());
  if (wait->value_or(0) > wait_max_s)
    return c.refuse(*x, refuse_parameter("wait", "must be 0 to 30 seconds"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(wait->value_or(0));
  look_for(c, x, x->id(0), until, [&c, x](const std::optional<finished_command>& command) {
    if (!command)
      return c.refuse(*x, unknown_command());
    c.reply_json(*x, 200, render(*command));
  });
}

void delete_command(api_context& c, exchange_ptr x) {
  look_for(c, x, x->id(0), {}, [&c, x](const std::optional<finished_command>& command) {
    c.refuse(*x, command ? refuse(problem_code::conflict, "the command has already taken effect") : unknown_command());
  });
}

}  // namespace callboard::net::api
