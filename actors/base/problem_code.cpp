#include "actors/base/problem_code.hpp"

#include <array>

namespace callboard {
namespace {

constexpr std::array<problem_code_info, 44> catalogue{{
  {"bad_request", 400, "The request is not well-formed HTTP"},
  {"malformed_json", 400, "The body is not acceptable JSON"},
  {"bad_cursor", 400, "The cursor does not belong to this query"},
  {"bad_filter", 400, "A query parameter is not acceptable"},
  {"bad_header", 400, "A header is not acceptable"},
  {"unauthenticated", 401, "Sign in first"},
  {"token_expired", 401, "The access token has expired"},
  {"token_revoked", 401, "The token is no longer valid"},
  {"refresh_reused", 401, "The refresh token was used before; the session has ended"},
  {"forbidden", 403, "You may not do this"},
  {"scope_missing", 403, "The token lacks a scope"},
  {"signup_closed", 403, "Sign-up is closed on this server"},
  {"csrf_origin", 403, "Requests from this origin are not accepted"},
  {"not_found", 404, "There is nothing here"},
  {"method_not_allowed", 405, "This method is not available here"},
  {"not_acceptable", 406, "None of the accepted media types can be given"},
  {"unsupported_media_type", 415, "The body's media type is not supported"},
  {"timeout", 408, "The request took too long to arrive"},
  {"conflict", 409, "The request conflicts with the present state"},
  {"idempotency_in_progress", 409, "The same request is still running"},
  {"already_exists", 409, "The id or name is taken"},
  {"last_owner", 409, "A list keeps at least one owner"},
  {"list_archived", 409, "The list is archived"},
  {"reorder_mismatch", 409, "The order names other tasks than the list has"},
  {"cycle", 409, "The change would make a cycle"},
  {"epoch_changed", 409, "The position belongs to another history"},
  {"position_expired", 410, "The position is no longer kept"},
  {"precondition_failed", 412, "The precondition does not hold"},
  {"body_too_large", 413, "The body is too large"},
  {"uri_too_long", 414, "The request target is too long"},
  {"expectation_failed", 417, "The expectation cannot be met"},
  {"upgrade_required", 426, "This address speaks WebSocket"},
  {"headers_too_large", 431, "The request headers are too large"},
  {"validation", 422, "Request has invalid fields"},
  {"idempotency_mismatch", 422, "The key was used for another request"},
  {"precondition_required", 428, "Send If-Match or If-None-Match"},
  {"rate_limited", 429, "Too many requests"},
  {"internal", 500, "The server met an unexpected condition"},
  {"not_implemented", 501, "The transfer coding is not known"},
  {"overloaded", 503, "The server is overloaded"},
  {"draining", 503, "The server is about to stop"},
  {"projection_lag", 503, "The position is not visible yet"},
  {"journal_unavailable", 503, "The store cannot be reached"},
  {"http_version", 505, "The HTTP version is not supported"},
}};

}  // namespace

const problem_code_info& info(problem_code code) noexcept { return catalogue[static_cast<std::size_t>(code)]; }

problem_code code_of(std::string_view wire_name) noexcept {
  for (std::size_t i = 0; i < catalogue.size(); ++i)
    if (catalogue[i].wire_name == wire_name)
      return static_cast<problem_code>(i);
  return problem_code::internal;
}

}  // namespace callboard
