#pragma once

#include "actors/base/envelope.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "net/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// Whether a refused write may have happened all the same.
enum class write_outcome : std::uint8_t { none, not_applied, unknown };

/// Where a problem arose; views live as long as the call.
struct problem_context {
  std::string_view instance;
  std::string_view request_id;
  std::string_view trace_id;
  write_outcome outcome = write_outcome::none;
  bool token_sent = false;  ///< the request carried a token: `unauthenticated` then names the error
};

/// The RFC 9457 object of API.md section 3 as JSON text.
std::string render_problem(const refusal& why, const problem_context& context, timestamp now);

/// The whole answer: status, media type, WWW-Authenticate and Retry-After where they belong.
http_response problem_response(const refusal& why, const problem_context& context, timestamp now);

/// A 400 `bad_filter` (or another code) about one query parameter.
refusal refuse_parameter(std::string_view name, std::string detail, problem_code code = problem_code::bad_filter);

}  // namespace callboard::net
