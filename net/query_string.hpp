#pragma once

#include "actors/base/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::net {

/// Decodes `%XX` (and `+` as a space where `plus_is_space`); nothing for a bad escape or bad UTF-8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// The parameters of one request, each known to its route and given once, but `stream`, which may be repeated.
class query_values {
 public:
  /// Refuses unknown and repeated parameters and bad escapes with `bad_filter`.
  static result<query_values> parse(std::string_view query, std::span<const std::string_view> known);

  const std::string* find(std::string_view name) const noexcept;
  /// All values of a parameter, in their order.
  std::vector<std::string_view> all(std::string_view name) const;
  bool empty() const noexcept { return items_.empty(); }

  /// A count within 1..most, or `otherwise` if absent.
  result<std::size_t> count(std::string_view name, std::size_t most, std::size_t otherwise) const;
  /// `true` or `false`; `false` if absent.
  result<bool> flag(std::string_view name) const;
  result<std::optional<std::uint64_t>> number(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string>> items_;
};

/// An unsigned decimal number of at most 19 digits without sign or leading zeros.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

}  // namespace callboard::net
