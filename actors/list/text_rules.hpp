#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callboard::list {

/// Code points of valid UTF-8 after NFC, as limits count them.
std::size_t code_points(std::string_view text);

/// The form in which unique names and titles are compared: NFC with full case folding.
std::string folded(std::string_view text);

/// Without white space at both ends (Unicode spaces included).
std::string_view trimmed(std::string_view text);

/// True if there is a C0 control in it; `multi_line` allows \n \r \t.
bool has_control(std::string_view text, bool multi_line) noexcept;

/// True for `#` and six hex digits.
bool is_color(std::string_view text) noexcept;

/// A list's default key: the initials of its name, or its first letters, as [A-Z0-9]{1,10}.
std::string key_of_name(std::string_view name);

}  // namespace callboard::list
