#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// Reads the members of a JSON object one by one and collects everything that is wrong with it;
/// what is read after an error is a placeholder, so nothing may be used before finish() agreed. The
/// object must outlive the reader.
class args_reader {
 public:
  explicit args_reader(const boost::json::value& args);

  /// Is the member there (null counts), is it null, is it a string?
  bool has(std::string_view name) const;
  bool is_null(std::string_view name) const;
  bool is_text(std::string_view name) const;

  /// Members that must be there.
  std::string text(std::string_view name);
  uuid id(std::string_view name);
  timestamp time(std::string_view name);
  std::uint64_t number(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  instance_role role(std::string_view name);
  /// A SHA-256 as 64 lower-case hex digits.
  std::string hash(std::string_view name);

  /// Members that may be absent or null.
  std::optional<std::string> maybe_text(std::string_view name);
  std::optional<uuid> maybe_id(std::string_view name);
  std::optional<std::uint64_t> maybe_number(std::string_view name);
  std::optional<timestamp> maybe_time(std::string_view name);
  bool maybe_flag(std::string_view name);

  /// Notes an error about a member (`name` without slash).
  void reject(std::string_view name, std::string code, std::string detail,
              std::optional<std::int64_t> limit = {});
  void reject(field_error error);
  /// Notes a member that exists but is not the caller's to set.
  void reject_read_only(std::string_view name);

  /// All errors as one refusal, members that nobody asked for included.
  result<void> finish();

 private:
  const boost::json::value* find(std::string_view name, bool required);

  const boost::json::object* object_ = nullptr;  // null: the args are no object
  std::vector<std::string_view> asked_;
  std::vector<field_error> errors_;
};

/// A 422 for a list of field errors.
refusal refuse_fields(std::vector<field_error> errors);

}  // namespace callboard
