#pragma once

#include "actors/base/problem_code.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// One wrong field: `pointer` is an RFC 6901 pointer without `#`, `code` one of API.md section 20.
struct field_error {
  std::string pointer;
  std::string code;
  std::string detail;
  std::optional<std::int64_t> limit{};
};

/// A no with its reason, as the client will read it; nothing was changed.
struct refusal {
  problem_code code = problem_code::internal;
  std::string detail;
  std::vector<field_error> errors{};
  /// Further members of the problem object as JSON text without braces, e.g. `"current":{…}`; may be empty.
  std::string extra{};
};

/// What boost::system::result throws when value() is asked of a refusal: always our own bug.
[[noreturn]] void throw_exception_from_error(const refusal& why, const boost::source_location& where);

/// A value, or why there is none.
template <class T>
using result = boost::system::result<T, refusal>;

inline refusal refuse(problem_code code, std::string detail) { return refusal{code, std::move(detail), {}, {}}; }

/// A 422 about one field.
inline refusal refuse_field(std::string pointer, std::string code, std::string detail) {
  return refusal{problem_code::validation, "1 field is invalid",
                 {field_error{std::move(pointer), std::move(code), std::move(detail), {}}}, {}};
}

}  // namespace callboard
