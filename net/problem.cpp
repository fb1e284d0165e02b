#include "net/problem.hpp"

#include "actors/base/json_writer.hpp"

#include <algorithm>
#include <span>

namespace callboard::net {
namespace {

// A hostile body has as many wrong members, with names as long, as it likes: the answer names the first.
constexpr std::size_t errors_max = 100;
constexpr std::size_t pointer_bytes_max = 256;

constexpr std::string_view type_prefix = "https://callboard.dev/problems/";

/// As much as fits of a text, in whole characters.
std::string_view beginning_of(std::string_view text) {
  if (text.size() <= pointer_bytes_max)
    return text;
  auto end = pointer_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

void append_errors(json_writer& w, const std::vector<field_error>& errors) {
  w.key("errors").open('[');
  for (const auto& error : std::span(errors).first(std::min(errors.size(), errors_max))) {
    w.open('{').member("pointer", beginning_of(error.pointer)).member("code", error.code);
    if (!error.detail.empty())
      w.member("detail", error.detail);
    if (error.limit)
      w.member("limit", *error.limit);
    w.close('}');
  }
  w.close(']');
}

void append_challenge(http_response& out, const refusal& why, bool token_sent) {
  switch (why.code) {
    case problem_code::unauthenticated:
      // RFC 6750: no error code where no token came.
      out.headers.emplace_back("WWW-Authenticate", token_sent ? "Bearer error=\"invalid_token\"" : "Bearer");
      break;
    case problem_code::token_expired:
    case problem_code::token_revoked:
      out.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
      break;
    case problem_code::refresh_reused:
      out.headers.emplace_back("WWW-Authenticate", "Bearer");
      break;
    case problem_code::scope_missing: {
      std::string challenge = "Bearer error=\"insufficient_scope\"";
      if (const auto at = why.extra.find("\"scope\":\""); at != std::string::npos) {
        const auto from = at + 9;
        challenge += ", scope=\"" + why.extra.substr(from, why.extra.find('"', from) - from) + '"';
      }
      out.headers.emplace_back("WWW-Authenticate", std::move(challenge));
      break;
    }
    default: break;
  }
}

}  // namespace

std::string render_problem(const refusal& why, const problem_context& context, timestamp now) {
  const auto& row = info(why.code);
  json_writer w(512 + why.detail.size() + why.extra.size());
  w.open('{').member("type", std::string(type_prefix) + std::string(row.wire_name));
  w.member("title", row.title).member("status", row.status).member("code", row.wire_name);
  if (!why.detail.empty())
    w.member("detail", why.detail);
  if (!context.instance.empty())
    w.member("instance", context.instance);
  if (!context.request_id.empty())
    w.member("request_id", context.request_id);
  if (!context.trace_id.empty())
    w.member("trace_id", context.trace_id);
  w.member("timestamp", now);
  if (!why.errors.empty())
    append_errors(w, why.errors);
  w.raw_members(why.extra);
  if (context.outcome != write_outcome::none)
    w.member("outcome", context.outcome == write_outcome::unknown ? "unknown" : "not_applied");
  return w.close('}').take();
}

http_response problem_response(const refusal& why, const problem_context& context, timestamp now) {
  http_response out;
  out.status = info(why.code).status;
  out.headers.emplace_back("Content-Type", "application/problem+json");
  append_challenge(out, why, context.token_sent);
  if (out.status == 503)
    out.headers.emplace_back("Retry-After", "1");
  out.body.push_back(share(render_problem(why, context, now)));
  return out;
}

refusal refuse_parameter(std::string_view name, std::string detail, problem_code code) {
  json_writer w;
  w.key("errors").open('[').open('{').member("parameter", name).member("detail", detail).close('}').close(']');
  return refusal{code, std::move(detail), {}, w.take()};
}

}  // namespace callboard::net
