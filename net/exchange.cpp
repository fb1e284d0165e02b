#include "net/exchange.hpp"

#include "actors/base/json_reader.hpp"
#include "net/idempotency.hpp"
#include "net/media_type.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net {
namespace {

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The trace id of a W3C traceparent, or an empty text.
std::string_view trace_of(std::string_view parent) {
  if (parent.size() < 55 || parent[2] != '-' || parent[35] != '-' || parent[52] != '-' || parent.starts_with("ff"))
    return {};
  if (parent.starts_with("00") && parent.size() != 55)
    return {};
  const auto id = parent.substr(3, 32), span = parent.substr(36, 16);
  if (!is_lower_hex(id) || !is_lower_hex(span) || id.find_first_not_of('0') == id.npos)
    return {};
  return id;
}

result<void> read_etags(exchange& x) {
  for (const auto& [name, target, strong] :
       {std::tuple{"if-match", &x.if_match, true}, std::tuple{"if-none-match", &x.if_none_match, false}}) {
    const auto value = x.request.header(name);
    if (value.empty() && !x.request.has_header(name))
      continue;
    if (x.request.count_header(name) > 1)
      return refuse(problem_code::bad_header, std::string(name) + " may be given once");
    auto parsed = parse_etag_condition(name, value, strong);
    if (!parsed)
      return parsed.error();
    *target = std::move(*parsed);
  }
  return {};
}

result<void> read_op_id(exchange& x) {
  if (x.request.count_header("idempotency-key") > 1 || x.request.count_header("command-id") > 1)
    return refuse(problem_code::bad_header, "Idempotency-Key and Command-Id may be given once");
  if (x.request.has_header("command-id")) {
    const auto id = parse_uuid(x.request.header("command-id"));
    if (!id)
      return refuse(problem_code::bad_header, "Command-Id must be a UUID");
    x.op_id = *id;
    x.client_op_id = true;
  }
  if (x.request.has_header("idempotency-key")) {
    const auto key = parse_idempotency_key(x.request.header("idempotency-key"));
    if (!key)
      return key.error();
    if (!x.client_op_id) {
      x.op_id = op_id_of_key(x.who.user, x.request.method, x.path, *key);
      x.keyed = true;
    }
  }
  return {};
}

result<void> read_consistency(exchange& x, std::uint64_t stream_epoch) {
  const auto level = x.request.header("callboard-consistency");
  const bool one_list = x.row->traits & route_trait::one_list;
  if (!level.empty() && (level != "strong" || !one_list))
    return refuse(problem_code::bad_header, "Callboard-Consistency takes `strong`, on paths that name one list");
  if (!x.request.has_header("callboard-min-seq"))
    return {};
  auto positions = parse_min_positions(x.request.header("callboard-min-seq"), stream_epoch);
  if (!positions)
    return positions.error();
  if (positions->bare && !one_list)
    return refuse(problem_code::bad_header, "Callboard-Min-Seq takes positions where the path names no list");
  x.min = std::move(*positions);
  return {};
}

/// The media type a route answers with.
std::string_view type_of(const route& row) {
  return row.answer_schema.starts_with("text/") ? row.answer_schema : std::string_view("application/json");
}

}  // namespace

void read_correlation(exchange& x) {
  const auto sent = x.request.header("x-request-id");
  x.request_id = is_request_id(sent) ? std::string(sent) : to_string(make_uuid_v7());
  x.trace_id = trace_of(x.request.header("traceparent"));
}

result<void> read_conditions(exchange& x, std::uint64_t stream_epoch) {
  if (auto ok = read_etags(x); !ok)
    return ok;
  if (x.request.has_header("prefer"))
    x.prefer = parse_prefer(x.request.header("prefer"));
  if (x.is_write() && !(x.row->traits & no_store))
    if (auto ok = read_op_id(x); !ok)
      return ok;
  return read_consistency(x, stream_epoch);
}

result<void> check_media(const exchange& x) {
  const auto accept = x.request.header("accept");
  const auto type = type_of(*x.row);
  const bool lines = x.row->answer_schema == "EventPage" && accepts(accept, "application/x-ndjson");
  if (!accepts(accept, type) && !lines)
    return refuse(problem_code::not_acceptable, "this address gives " + std::string(type));
  if (x.row->body == body_rule::none || x.request.body.empty())
    return {};
  const auto coding = x.request.header("content-encoding");
  if (!coding.empty() && coding != "identity")
    return refuse(problem_code::unsupported_media_type, "content codings are not accepted");
  if (!is_json_type(x.request.header("content-type"), x.row->method == http_method::patch))
    return refuse(problem_code::unsupported_media_type, "send application/json in UTF-8");
  return {};
}

result<void> read_body(exchange& x) {
  if (x.row->body == body_rule::none || (x.row->body == body_rule::optional && x.request.body.empty()))
    return {};
  auto value = parse_json(x.request.body);
  if (!value)
    return value.error();
  if (!value->is_object())
    return refuse_field("", "type", "the body must be an object");
  x.body = std::make_shared<boost::json::object>(std::move(value->get_object()));
  return {};
}

}  // namespace callboard::net
