#pragma once

#include "actors/base/refusal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// Code points of valid UTF-8 after NFC, as limits count them.
std::size_t code_points(std::string_view text);

/// ASCII letters in lower case; other bytes as they are.
std::string lower_ascii(std::string_view text);

/// Without ASCII blanks at both ends.
std::string trimmed(std::string_view text);

/// Trims a single-line text in place and says what is wrong with it: control characters, too short,
/// too long.
std::optional<field_error> check_line(std::string& text, std::string pointer, std::size_t min,
                                      std::size_t max);

/// `#RRGGBB`, an IANA time zone name, a BCP 47 language tag.
std::optional<field_error> check_color(std::string_view text, std::string pointer);
std::optional<field_error> check_time_zone(std::string_view text, std::string pointer);
std::optional<field_error> check_locale(std::string_view text, std::string pointer);

}  // namespace callboard
