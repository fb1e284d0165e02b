#pragma once

#include <cstdint>
#include <string_view>

namespace callboard {

/// Why a request was refused: the catalogue of API.md section 3, one value a `code`.
enum class problem_code : std::uint8_t {
  bad_request, malformed_json, bad_cursor, bad_filter, bad_header,
  unauthenticated, token_expired, token_revoked, refresh_reused,
  forbidden, scope_missing, signup_closed, csrf_origin,
  not_found, method_not_allowed, not_acceptable, unsupported_media_type,
  timeout, conflict, idempotency_in_progress, already_exists, last_owner, list_archived, reorder_mismatch,
  cycle, epoch_changed,
  position_expired, precondition_failed, body_too_large, uri_too_long, expectation_failed, upgrade_required,
  headers_too_large,
  validation, idempotency_mismatch, precondition_required, rate_limited,
  internal, not_implemented, overloaded, draining, projection_lag, journal_unavailable, http_version,
};

struct problem_code_info {
  std::string_view wire_name;  ///< the `code` member and the last part of `type`
  std::uint16_t status;        ///< HTTP status
  std::string_view title;      ///< one short sentence for people
};

/// The row of the catalogue for a code. Any thread.
const problem_code_info& info(problem_code code) noexcept;
/// A code of the catalogue by its name; `internal` for a name that is none.
problem_code code_of(std::string_view wire_name) noexcept;

}  // namespace callboard
