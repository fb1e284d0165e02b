#include "net/api_service.hpp"

#include "actors/base/network_of.hpp"
#include "net/api/list_questions.hpp"
#include "net/api_context.hpp"
#include "net/router.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net {
namespace {

void split_target(exchange& x) {
  const std::string_view target = x.request.target;
  const auto mark = std::min(target.find('?'), target.size());
  x.path = target.substr(0, mark);
  x.query_text = mark < target.size() ? target.substr(mark + 1) : std::string_view{};
}

std::shared_ptr<exchange> make_exchange(http_request&& request) {
  auto x = std::make_shared<exchange>();
  x->request = std::move(request);
  x->began = std::chrono::steady_clock::now();
  split_target(*x);
  read_correlation(*x);
  return x;
}

std::string principal_key(const principal& who) {
  return std::string(reinterpret_cast<const char*>(who.user.bytes.data()), who.user.bytes.size());
}

/// The token among the subprotocols (`bearer.<jwt>`), and whether ours is offered or none is.
struct offered_protocols {
  std::string_view token;
  bool ours = false, any = false;
};

offered_protocols protocols_of(std::string_view header) {
  offered_protocols out;
  while (!header.empty()) {
    const auto end = std::min(header.find(','), header.size());
    auto item = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (item.starts_with("bearer."))
      out.token = item.substr(7);
    else if (!item.empty())
      out.any = true;
    out.ours = out.ours || item == "callboard.v1";
  }
  return out;
}

/// `ticket=` of an upgrade's query; other parameters mean nothing there.
std::optional<std::string_view> ticket_of(std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    if (query.substr(0, end).starts_with("ticket="))
      return query.substr(7, end - 7);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

}  // namespace

api_service::api_service(api_dependencies dependencies)
    : context_(std::make_shared<api_context>(std::move(dependencies))), router_(std::make_unique<router>(all_routes())) {}

api_service::~api_service() = default;

void api_service::handle(http_request&& request, respond done) {
  const auto x = make_exchange(std::move(request));
  x->done = std::move(done);
  route(x);
}

void api_service::route(const std::shared_ptr<exchange>& x) {
  auto& context = *context_;
  x->match = router_->match(x->request.method, x->path);
  x->row = x->match.row;
  if (!x->match.allowed)
    return context.refuse(*x, refuse(problem_code::not_found, "no such address"));
  if (x->request.method == "OPTIONS")
    return answer_options(*x);
  if (!x->row)
    return context.refuse(*x, refuse(problem_code::method_not_allowed, "the address has other methods"));
  const auto header = x->request.header("authorization");
  x->token_sent = !header.empty();
  if (x->row->who == access::open || x->row->who == access::auth || x->row->who == access::refresh)
    return admit(x);
  const auto token = bearer_of(header);
  if (token.empty())
    return context.refuse(*x, refuse(problem_code::unauthenticated, "send Authorization: Bearer <access token>"));
  context.tokens.authenticate(token, x->request.remote_ip, [this, x](result<signed_in> who) {
    if (!who)
      return refuse_token(*x, who.error());
    x->who = who->who;
    x->token_expires = who->expires;
    admit(x);
  });
}

void api_service::refuse_token(exchange& x, const refusal& why) {
  if (why.code == problem_code::rate_limited)
    x.rate = rate_verdict{guess_rate, false, 0, guess_rate.window_s, 1};
  context_->refuse(x, why);
}

void api_service::admit(const std::shared_ptr<exchange>& x) {
  auto& context = *context_;
  const auto& row = *x->row;
  const bool known = x->who.user != uuid{};
  if (row.who == access::auth && !context.admit(*x, auth_rate, network_of(x->request.remote_ip)))
    return;
  if (row.who == access::refresh && !context.admit(*x, refresh_rate, network_of(x->request.remote_ip)))
    return;
  if (known && !context.admit(*x, api_rate, principal_key(x->who)))
    return;
  if (row.who == access::sign_in && x->who.kind != actor_kind::user)
    return context.refuse(*x, refuse(problem_code::scope_missing, "an API token does not reach this address"));
  if (row.who == access::scoped)
    if (auto ok = check_scope(x->who, row.needed); !ok)
      return context.refuse(*x, ok.error());
  run(x);
}

void api_service::run(const std::shared_ptr<exchange>& x) {
  auto& context = *context_;
  if (auto ok = check_media(*x); !ok)
    return context.refuse(*x, ok.error());
  auto query = query_values::parse(x->query_text, x->row->query);
  if (!query)
    return context.refuse(*x, query.error());
  x->query = std::move(*query);
  if (auto ok = read_conditions(*x, context.parts.target.stream_epoch()); !ok)
    return context.refuse(*x, ok.error());
  if (auto ok = read_body(*x); !ok)
    return context.refuse(*x, ok.error());
  x->row->run(context, x);
}

void api_service::answer_options(exchange& x) {
  http_response out;
  out.status = 204;
  out.headers.emplace_back("Allow", allow_text(x.match.allowed));
  if (x.request.has_header("access-control-request-method"))
    context_->cors.decorate_preflight(out, x.request.header("origin"));
  context_->send(x, std::move(out));
}

void api_service::upgrade(http_request&& request, std::function<void(upgrade_verdict&&)> done) {
  const auto x = make_exchange(std::move(request));
  auto& context = *context_;
  // Refusals go the way of any answer and come out as the verdict's.
  x->done = [done](http_response&& refusal) { done(upgrade_verdict{nullptr, {}, std::move(refusal)}); };
  if (x->path != "/v1/ws" && x->path != "/ws")
    return route(x);
  const auto protocols = protocols_of(x->request.header("sec-websocket-protocol"));
  const auto bearer = bearer_of(x->request.header("authorization"));
  auto token = std::string(bearer.empty() ? protocols.token : bearer);
  const auto ticket = token.empty() ? ticket_of(x->query_text) : std::nullopt;
  x->token_sent = !token.empty() || ticket;
  if (!context.cors.may_connect(x->request.header("origin"), x->request.header("host")))
    return context.refuse(*x, refuse(problem_code::csrf_origin, "sockets from this origin are not accepted"));
  if (protocols.any && !protocols.ours)
    return context.refuse(*x, refuse(problem_code::bad_header, "the subprotocol is callboard.v1"));
  const auto open = [this, done, ours = protocols.ours](const exchange& from, std::shared_ptr<signed_in> who) {
    const auto& make = context_->parts.hooks.make_socket;
    done(upgrade_verdict{make ? make(who, from.request.remote_ip) : nullptr, ours ? "callboard.v1" : "", {}});
  };
  if (ticket) {
    auto redeemed = context.parts.shared.tickets.redeem(*ticket, std::chrono::steady_clock::now());
    if (!redeemed)
      return context.refuse(*x, refuse(problem_code::unauthenticated, "the ticket was used, is older than 30 s, or is none"));
    token = std::move(*redeemed);
  }
  if (token.empty())
    return open(*x, nullptr);
  context.tokens.authenticate_with_name(token, x->request.remote_ip, [this, x, open](result<signed_in> who) {
    if (!who)
      return refuse_token(*x, who.error());
    open(*x, std::make_shared<signed_in>(std::move(*who)));
  });
}

http_response api_service::problem(std::string_view code, std::string_view detail) {
  exchange x;
  x.request_id = to_string(make_uuid_v7());
  x.began = std::chrono::steady_clock::now();
  http_response out;
  x.done = [&out](http_response&& made) { out = std::move(made); };
  context_->refuse(x, refuse(code_of(code), std::string(detail)));
  return out;
}

void api_service::authenticate(std::string_view token, std::string_view from,
                               std::function<void(result<signed_in>)> done) {
  context_->tokens.authenticate_with_name(token, from, std::move(done));
}

void api_service::send_command(command_call call, std::function<void(command_outcome&&)> done) {
  context_->commands.send(std::move(call), std::move(done));
}

void api_service::list_digest(const entity_ref& list, const principal& who,
                              std::function<void(std::optional<state_digest>)> done) {
  const auto id = parse_uuid(list.id);
  if (list.kind != entity_kind::list || !id)
    return done(std::nullopt);
  auto question = std::make_shared<envelope>(api::to_list(*id, list::get_list{}));
  question->who = who;
  context_->way.ask(std::move(question), [done = std::move(done)](answer&& said) {
    const auto list = object_in(said);
    const auto* digest = list ? list->if_contains("digest") : nullptr;
    if (!digest || !digest->is_string())
      return done(std::nullopt);
    done(state_digest{said.seq, std::string(std::string_view(digest->get_string()))});
  });
}

void api_service::deny_session(const uuid& session) {
  context_->parts.loop.post([weak = std::weak_ptr<api_context>(context_), session] {
    if (const auto context = weak.lock())
      context->tokens.deny(session);
  });
}

void api_service::recheck_tokens(const uuid& user) {
  context_->parts.loop.post([weak = std::weak_ptr<api_context>(context_), user] {
    if (const auto context = weak.lock())
      context->tokens.recheck_tokens(user);
  });
}

void api_service::recheck_session(const uuid& session) {
  context_->parts.loop.post([weak = std::weak_ptr<api_context>(context_), session] {
    if (const auto context = weak.lock())
      context->tokens.recheck(session);
  });
}

bool api_service::is_denied(const uuid& session) const { return context_->tokens.is_denied(session); }

}  // namespace callboard::net
