#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/asyncapi.hpp"
#include "net/docs_page.hpp"
#include "net/landing_page.hpp"
#include "net/openapi.hpp"

namespace callboard::net::api {
namespace {

void reply_text(api_context& c, exchange& x, std::string type, std::string text) {
  http_response out;
  out.headers.emplace_back("Content-Type", std::move(type));
  out.body.push_back(share(std::move(text)));
  c.send(x, std::move(out));
}

void reply_document(api_context& c, exchange& x, const shared_text& document) {
  http_response out;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body.push_back(document);
  c.send(x, std::move(out));
}

void reply_page(api_context& c, exchange& x, shared_text page, std::string policy) {
  http_response out;
  out.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  out.headers.emplace_back("Content-Security-Policy", std::move(policy));
  out.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  out.body.push_back(std::move(page));
  c.send(x, std::move(out));
}

/// Strangers learn the word alone; the checks are for those who ask on the machine itself.
bool is_local(const exchange& x) {
  const std::string_view ip = x.request.remote_ip;
  return (ip == "127.0.0.1" || ip == "::1") && !x.request.has_header("forwarded") &&
         !x.request.has_header("x-forwarded-for");
}

void reply_ready(api_context& c, exchange& x) {
  std::string details;
  const bool ready = !c.parts.hooks.ready || c.parts.hooks.ready(details);
  if (details.empty() || !is_local(x))
    details = ready ? R"({"status":"ok"})" : R"({"status":"unavailable"})";
  c.reply_json(x, ready ? 200 : 503, std::move(details));
}

}  // namespace

void landing(api_context& c, exchange_ptr x) { reply_page(c, *x, landing_page(), landing_page_policy()); }
void docs(api_context& c, exchange_ptr x) { reply_page(c, *x, docs_page(), docs_page_policy()); }

void asyncapi(api_context& c, exchange_ptr x) {
  static const auto document = share(asyncapi_json(c.parts.settings.version));
  reply_document(c, *x, document);
}

void openapi(api_context& c, exchange_ptr x) {
  static const auto document = share(openapi_json(all_routes(), c.parts.settings.version));
  reply_document(c, *x, document);
}

void health(api_context& c, exchange_ptr x) { reply_ready(c, *x); }
void health_live(api_context& c, exchange_ptr x) { c.reply_json(*x, 200, R"({"status":"ok"})"); }
void health_ready(api_context& c, exchange_ptr x) { reply_ready(c, *x); }

void metrics(api_context& c, exchange_ptr x) {
  const auto show = [&c, x] {
    reply_text(c, *x, "text/plain; version=0.0.4; charset=utf-8", c.parts.hooks.metrics ? c.parts.hooks.metrics() : "");
  };
  const bool forwarded = x->request.has_header("forwarded") || x->request.has_header("x-forwarded-for") ||
                         x->request.has_header("x-forwarded-host") || x->request.has_header("x-forwarded-proto");
  if (c.parts.settings.metrics_open && !forwarded)
    return show();
  const auto header = x->request.header("authorization");
  if (header.size() < 8)
    return c.refuse(*x, refuse(problem_code::unauthenticated, "send an access token with admin:read"));
  c.tokens.authenticate(header.substr(7), x->request.remote_ip, [&c, x, show](result<signed_in> who) {
    if (!who)
      return c.refuse(*x, who.error());
    if (auto ok = check_scope(who->who, scope::admin_read); !ok)
      return c.refuse(*x, ok.error());
    show();
  });
}

void admin_actors(api_context& c, exchange_ptr x) {
  c.reply_json(*x, 200, c.parts.hooks.actors ? c.parts.hooks.actors(x->query_text) : R"({"items":[]})");
}

void admin_actor(api_context& c, exchange_ptr x) {
  const auto name = percent_decode(x->match.params[0]);
  auto text = name && c.parts.hooks.actor ? c.parts.hooks.actor(*name) : std::string();
  if (text.empty())
    return c.refuse(*x, refuse(problem_code::not_found, "no such actor"));
  c.reply_json(*x, 200, std::move(text));
}

void admin_nodes(api_context& c, exchange_ptr x) {
  c.reply_json(*x, 200, c.parts.hooks.nodes ? c.parts.hooks.nodes() : R"({"items":[],"view":0})");
}

void socket_wanted(api_context& c, exchange_ptr x) {
  auto out = problem_response(refuse(problem_code::upgrade_required, "open a WebSocket here"),
                              {x->path, x->request_id, x->trace_id}, wall_now());
  out.headers.emplace_back("Upgrade", "websocket");
  out.headers.emplace_back("Sec-WebSocket-Version", "13");
  c.send(*x, std::move(out));
}

}  // namespace callboard::net::api
