#pragma once

#include "config/options.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard::config {

using text_field = std::string& (*)(options&);
using number_field = std::int64_t& (*)(options&);
using flag_field = bool& (*)(options&);
using list_field = std::vector<std::string>& (*)(options&);

/// Where an option is kept, which also says its type.
using field = std::variant<text_field, number_field, flag_field, list_field>;

/// Any option's value.
using value = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// Says what is wrong with a text; nothing if it is well-formed.
using text_check = std::optional<std::string> (*)(std::string_view);

/// One option: what it is called, what it is for, and which values it takes.
struct option {
  std::string_view name;      ///< `section.key`
  std::string_view sentence;  ///< for --help and the documentation
  field where;
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string_view> choices{};  ///< not empty: the only values of a text
  text_check check = nullptr;               ///< of a text that is not empty, and of each entry of a list
  bool holds_password = false;              ///< a URL whose password is never shown
  std::string_view not_yet{};               ///< not empty: only the default is accepted, for this reason
};

/// All options in the order of the documentation.
std::span<const option> option_table();

/// The option of that name, or null.
const option* find_option(std::string_view name);

/// `http.listen` as `CALLBOARD_HTTP_LISTEN`.
std::string environment_name(const option& which);

/// The present value.
value get(const option& which, const options& from);

/// Takes a value of the option's own type; says what is wrong with it, else stores it.
std::optional<std::string> set(const option& which, options& in, value to);

/// Takes a value as written on a command line or in the environment.
std::optional<std::string> set_text(const option& which, options& in, std::string_view text);

/// `text`, `number`, `true or false` or `list`.
std::string_view type_name(const option& which);

}  // namespace callboard::config
