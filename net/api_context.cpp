#include "net/api_context.hpp"

#include "actors/base/event.hpp"
#include "actors/base/json_reader.hpp"
#include "actors/base/log.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace callboard::net {
namespace {

constexpr std::chrono::milliseconds min_seq_wait{2000};
constexpr std::chrono::milliseconds min_seq_pause{50};

write_outcome outcome_of(const exchange& x, bool unknown) {
  if (!x.is_write())
    return write_outcome::none;
  return unknown ? write_outcome::unknown : write_outcome::not_applied;
}

/// The sequence number that the exchange asks of a list; 0: any.
std::uint64_t least_of(const exchange& x, const std::string& list) {
  if (!x.min)
    return 0;
  std::uint64_t least = x.min->bare.value_or(0);
  for (const auto& position : x.min->lists)
    if (to_string(position.list) == list)
      least = std::max(least, position.seq);
  return least;
}

/// A method as a metric's label: what clients invent must not make a time series each.
std::string_view method_label(std::string_view method) {
  const bool known = std::find(method_names.begin(), method_names.end(), method) != method_names.end();
  return known || method == "HEAD" || method == "OPTIONS" ? method : std::string_view("other");
}

void append_body_type(http_response& out) { out.headers.emplace_back("Content-Type", "application/json"); }

/// What was applied of the caller's preferences, as RFC 7240 has it.
void append_preference(http_response& out, const exchange& x) {
  if (x.prefer.return_minimal)
    out.headers.emplace_back("Preference-Applied", "return=minimal");
  else if (x.prefer.return_representation)
    out.headers.emplace_back("Preference-Applied", "return=representation");
  if (x.prefer.respond_async && x.prefer.wait_s)
    out.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(*x.prefer.wait_s));
}

/// What `Prefer: respond-async` asks of the owner. Who would wait for the real answer is given a refusal as it is.
outcome_kept kept_for(const preferences& prefer) {
  if (!prefer.respond_async)
    return outcome_kept::for_repeats;
  return prefer.wait_s.value_or(0) > 0 ? outcome_kept::if_applied : outcome_kept::always;
}

/// What every answer carries, as whole lines.
std::string_view fixed_headers(bool no_store, bool own_policy) {
  static const auto texts = [] {
    std::array<std::string, 4> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = i & 1 ? "Cache-Control: no-store\r\n" : "Cache-Control: private, no-cache\r\n";
      made[i] += "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
      made[i] += i & 2 ? "" : "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    }
    return made;
  }();
  return texts[(no_store ? 1u : 0u) | (own_policy ? 2u : 0u)];
}

std::string_view route_of(const exchange& x) { return x.row ? x.row->path : std::string_view("none"); }

/// Our own failures are worth a line always, the rest when somebody looks closely.
void log_answer(const exchange& x, std::uint16_t status, std::chrono::nanoseconds took) {
  const auto level = status == 500 ? log_level::warn : log_level::debug;
  if (!log_enabled(level))
    return;
  const log_scope scope(x.request_id, x.trace_id);
  const auto user = x.who.user ? to_string(x.who.user) : std::string();
  log_event(level, "http.request",
            {{"method", x.request.method}, {"route", route_of(x)}, {"status", status},
             {"ms", std::chrono::duration<double, std::milli>(took).count()}, {"user", user}});
}

bool is_still_waiting(const exchange& x) {
  const auto wait = std::chrono::seconds(x.prefer.wait_s.value_or(0));
  return std::chrono::steady_clock::now() - x.began < wait;
}

}  // namespace

api_context::api_context(api_dependencies dependencies)
    : parts(std::move(dependencies)),
      way(parts.loop, parts.target, bridge_options{parts.settings.deadline}),
      past({parts.loop, parts.readers, parts.events, parts.snapshot_before, parts.shared.replays}),
      commands(way, parts.shared.writes, parts.settings.rate_limits_on ? &parts.shared.rates : nullptr),
      tokens(parts.auth.tokens, way, parts.settings.access_ttl,
             parts.settings.rate_limits_on ? &parts.shared.rates : nullptr),
      cors(parts.settings.cors_origins, parts.settings.public_url) {}

// -- answers ----------------------------------------------------------------------------------------------------

void api_context::send(exchange& x, http_response&& out) {
  auto& headers = out.headers;
  headers.reserve(headers.size() + 8);
  headers.emplace_back("X-Request-Id", x.request_id);
  const bool no_store = x.row && (x.row->traits & route_trait::no_store);
  const bool own_policy = x.row && x.row->answer_schema.starts_with("text/html");
  out.fixed_headers = fixed_headers(no_store, own_policy);
  if (x.request.tls)
    headers.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  if (x.rate)
    append_rate_headers(headers, *x.rate);
  cors.decorate(out, x.request.header("origin"));
  const auto took = std::chrono::steady_clock::now() - x.began;
  log_answer(x, out.status, took);
  if (parts.hooks.observe)
    parts.hooks.observe(route_of(x), method_label(x.request.method), out.status, took);
  if (auto done = std::exchange(x.done, nullptr))
    done(std::move(out));
}

void api_context::refuse(exchange& x, const refusal& why, bool outcome_unknown) {
  const problem_context context{x.path, x.request_id, x.trace_id, outcome_of(x, outcome_unknown), x.token_sent};
  auto out = problem_response(why, context, wall_now());
  if (x.match.allowed && why.code == problem_code::method_not_allowed)
    out.headers.emplace_back("Allow", allow_text(x.match.allowed));
  if (why.code == problem_code::unsupported_media_type && x.row)
    out.headers.emplace_back(x.row->method == http_method::patch ? "Accept-Patch" : "Accept-Post",
                             x.row->method == http_method::patch ? "application/merge-patch+json, application/json"
                                                                 : "application/json");
  send(x, std::move(out));
}

void api_context::reply(exchange& x, answer&& content) {
  if (content.problem)
    return refuse(x, *content.problem, content.outcome_unknown);
  http_response out;
  out.status = content.status;
  if (content.etag) {
    out.headers.emplace_back("ETag", etag_text(*content.etag));
    if (!x.is_write() && x.if_none_match.present && x.if_none_match.matches(*content.etag)) {
      out.status = 304;
      return send(x, std::move(out));
    }
  }
  if (!content.body.empty()) {
    append_body_type(out);
    out.body = std::move(content.body);
  }
  send(x, std::move(out));
}

void api_context::reply_written(exchange& x, command_outcome&& outcome) {
  auto& content = outcome.content;
  if (outcome.rate)
    x.rate = outcome.rate;
  if (content.problem)
    return refuse(x, *content.problem, content.outcome_unknown);
  http_response out;
  out.headers.reserve(16);
  const bool created = content.status == 201;
  out.status = x.prefer.return_minimal && !created ? 204 : content.status;
  const auto stream = std::string(stream_prefix(outcome.entity.kind)) + outcome.entity.id;
  out.headers.emplace_back("Callboard-Stream",
                           stream_position_text(stream, parts.target.stream_epoch(), content.seq));
  out.headers.emplace_back("Command-Id", to_string(outcome.op_id));
  if (content.replayed)
    out.headers.emplace_back("Idempotency-Replayed", "true");
  if (content.etag)
    out.headers.emplace_back("ETag", etag_text(*content.etag));
  if (created && !content.resources.empty())
    out.headers.emplace_back("Location", content.resources.front());
  out.headers.emplace_back("Vary", "Prefer");
  append_preference(out, x);
  if (!x.prefer.return_minimal && out.status != 204 && !content.body.empty()) {
    append_body_type(out);
    out.body = std::move(content.body);
  }
  send(x, std::move(out));
}

void api_context::reply_accepted(exchange& x, command_outcome&& outcome) {
  const auto& said = outcome.content;
  const bool still_runs = said.problem && said.problem->code == problem_code::idempotency_in_progress;
  const bool may_be_told_later = said.kept && !is_still_waiting(x);
  if (!x.prefer.respond_async || !(may_be_told_later || still_runs))
    return reply_written(x, std::move(outcome));
  http_response out;
  out.status = 202;
  out.headers.emplace_back("Location", "/v1/commands/" + to_string(outcome.op_id));
  out.headers.emplace_back("Command-Id", to_string(outcome.op_id));
  out.headers.emplace_back("Preference-Applied", "respond-async");
  out.headers.emplace_back("Vary", "Prefer");
  const auto user = x.who.user;
  send(x, std::move(out));
  if (!still_runs)
    command_done(user, outcome);
}

void api_context::command_done(const uuid& user, const command_outcome& outcome) {
  if (parts.hooks.command_done)
    parts.hooks.command_done(user, outcome);
}

void api_context::reply_json(exchange& x, std::uint16_t status, std::string json) {
  http_response out;
  out.status = status;
  append_body_type(out);
  out.body.push_back(share(std::move(json)));
  send(x, std::move(out));
}

// -- asking -----------------------------------------------------------------------------------------------------

void api_context::complete(const exchange& x, envelope& message) const {
  message.request_id = x.request_id;
  message.trace_id = x.trace_id;
  message.ip = x.request.remote_ip;
  message.bytes = x.request.body.size();
  if (message.role == message_role::command && !message.op_id)
    message.op_id = make_uuid_v7();
}

void api_context::ask(const exchange_ptr& x, envelope&& message, answer_callback then) {
  auto whole = std::make_shared<envelope>(std::move(message));
  complete(*x, *whole);
  whole->who = x->who;
  way.ask(std::move(whole), std::move(then));
}

void api_context::ask_as_system(const exchange_ptr& x, envelope&& message, answer_callback then) {
  auto whole = std::make_shared<envelope>(std::move(message));
  complete(*x, *whole);
  whole->who = system_principal();
  way.ask(std::move(whole), std::move(then));
}

void api_context::show(const exchange_ptr& x, envelope&& message) {
  ask_reached(x, std::move(message), [this, x](answer&& said) { reply(*x, std::move(said)); });
}

void api_context::ask_reached(const exchange_ptr& x, envelope&& message, answer_callback then) {
  auto whole = std::make_shared<envelope>(std::move(message));
  complete(*x, *whole);
  whole->who = x->who;
  const auto least = least_of(*x, whole->to.id);
  ask_until(x, std::move(whole), least, std::chrono::steady_clock::now() + min_seq_wait, std::move(then));
}

void api_context::ask_until(const exchange_ptr& x, std::shared_ptr<envelope> message, std::uint64_t least,
                            steady_time until, answer_callback then) {
  // A message is immutable once sent: each attempt sends its own.
  auto attempt = std::make_shared<envelope>(*message);
  way.ask(std::move(attempt), [this, x, message = std::move(message), least, until,
                               then = std::move(then)](answer&& said) mutable {
    if (said.problem)
      return refuse(*x, *said.problem, said.outcome_unknown);
    if (said.seq >= least)
      return then(std::move(said));
    if (std::chrono::steady_clock::now() >= until)
      return refuse(*x, callboard::refuse(problem_code::projection_lag, "the position has not been reached"));
    parts.loop.after(min_seq_pause, [this, x, message = std::move(message), least, until, then = std::move(then)] {
      ask_until(x, message, least, until, then);
    });
  });
}

void api_context::command(const exchange_ptr& x, std::string type, const uuid& list,
                          std::shared_ptr<boost::json::object> args) {
  command_call call;
  call.type = std::move(type);
  call.list = list;
  call.args = std::move(args);
  call.who = x->who;
  call.op_id = x->op_id;
  call.client_op_id = x->client_op_id;
  call.keyed = x->keyed;
  call.kept = kept_for(x->prefer);
  if (x->if_match.present) {
    call.if_any = x->if_match.any;
    // Revs start at 1: 0 stands for tags that match nothing.
    if (!x->if_match.any)
      call.if_rev = x->if_match.numbers.size() == 1 && !x->if_match.foreign ? x->if_match.numbers[0] : 0;
  }
  call.if_none_match_any = x->if_none_match.any;
  call.needs_precondition = x->row->traits & conditional;
  call.request_id = x->request_id;
  call.trace_id = x->trace_id;
  call.ip = x->request.remote_ip;
  call.bytes = x->request.body.size();
  commands.send(std::move(call), [this, x](command_outcome&& outcome) { reply_accepted(*x, std::move(outcome)); });
}

void api_context::read(const exchange_ptr& x, std::function<std::function<void()>()> work) {
  const bool taken = parts.readers([this, work = std::move(work)] { parts.loop.post(work()); });
  if (!taken)
    refuse(*x, callboard::refuse(problem_code::overloaded, "too many reads are waiting"));
}

bool api_context::admit(exchange& x, const rate_policy& policy, std::string_view key) {
  if (!parts.settings.rate_limits_on)
    return true;
  x.rate = parts.shared.rates.take(policy, key, std::chrono::steady_clock::now());
  if (x.rate->allowed)
    return true;
  refuse(x, callboard::refuse(problem_code::rate_limited, "the rate limit is used up"));
  return false;
}

std::shared_ptr<boost::json::object> body_or_empty(const exchange& x) {
  return x.body ? x.body : std::make_shared<boost::json::object>();
}

result<boost::json::object> object_in(const answer& said) {
  if (said.problem)
    return *said.problem;
  auto value = parse_trusted_json(join(said.body));
  if (!value || !value->is_object())
    return refuse(problem_code::internal, "the entity's answer cannot be read");
  return std::move(value->get_object());
}

}  // namespace callboard::net
