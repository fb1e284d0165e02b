#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/timestamp.hpp"
#include "net/etag.hpp"
#include "net/http_message.hpp"
#include "net/min_seq.hpp"
#include "net/prefer.hpp"
#include "net/query_string.hpp"
#include "net/rate_limits.hpp"
#include "net/route.hpp"
#include "net/router.hpp"

#include <boost/json/fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// One request and all that is known of it so far. Lives until it is answered; loop thread only.
struct exchange {
  http_request request;
  respond done;
  const route* row = nullptr;  ///< null until matched
  route_match match;
  std::string_view path, query_text;  ///< parts of request.target
  steady_time began{};

  std::string request_id, trace_id;
  bool token_sent = false;
  principal who;
  timestamp token_expires{};
  std::optional<rate_verdict> rate;

  preferences prefer;
  etag_condition if_match, if_none_match;
  std::optional<min_positions> min;
  uuid op_id;  ///< of a write; nil: one is made
  bool client_op_id = false, keyed = false;
  query_values query;
  std::shared_ptr<boost::json::object> body;  ///< null where the route takes none or none came

  bool is_write() const noexcept { return row && row->traits & writes; }
  /// The UUID in the path at `index`; the router has checked its form.
  uuid id(std::size_t index) const { return *parse_uuid(match.params[index]); }
};

/// X-Request-Id if acceptable, else a new one; the trace id of a valid traceparent.
void read_correlation(exchange& x);

/// Reads If-Match, If-None-Match, Prefer, Idempotency-Key, Command-Id, Callboard-*: 400 for what is malformed.
result<void> read_conditions(exchange& x, std::uint64_t stream_epoch);

/// Judges Accept, Content-Type and Content-Encoding: 406, 415.
result<void> check_media(const exchange& x);

/// Parses the body as the route's rule has it: 400 `malformed_json`, 422 unless an object.
result<void> read_body(exchange& x);

}  // namespace callboard::net
