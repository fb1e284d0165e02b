#include "actors/typed/text_rules.hpp"

#include "actors/typed/time_zones.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace callboard {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_alpha(char c) { return is_alnum(c) && !(c >= '0' && c <= '9'); }

bool is_language_tag(std::string_view text) {
  if (text.size() > 35)
    return false;
  bool first = true;
  while (true) {
    const auto part = text.substr(0, text.find('-'));
    if (part.size() < (first ? 2u : 1u) || part.size() > 8)
      return false;
    if (!std::all_of(part.begin(), part.end(), first ? is_alpha : is_alnum))
      return false;
    if (part.size() == text.size())
      return true;
    text.remove_prefix(part.size() + 1);
    first = false;
  }
}

}  // namespace

std::size_t code_points(std::string_view text) {
  if (is_ascii(text))
    return text.size();
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  const auto count =
    utf8proc_decompose(bytes, static_cast<utf8proc_ssize_t>(text.size()), nullptr, 0, options);
  if (count < 0)
    return text.size();
  std::vector<utf8proc_int32_t> points(static_cast<std::size_t>(count) + 1);
  utf8proc_decompose(bytes, static_cast<utf8proc_ssize_t>(text.size()), points.data(), count,
                     options);
  return static_cast<std::size_t>(utf8proc_normalize_utf32(points.data(), count, options));
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::optional<field_error> check_line(std::string& text, std::string pointer, std::size_t min,
                                      std::size_t max) {
  text = trimmed(text);
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }))
    return field_error{std::move(pointer), "pattern", "must not contain control characters", {}};
  const auto length = code_points(text);
  if (length < min)
    return field_error{std::move(pointer), "too_short",
                       "min " + std::to_string(min) + " characters",
                       static_cast<std::int64_t>(min)};
  if (length > max)
    return field_error{std::move(pointer), "too_long", "max " + std::to_string(max) + " characters",
                       static_cast<std::int64_t>(max)};
  return std::nullopt;
}

std::optional<field_error> check_color(std::string_view text, std::string pointer) {
  const auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
  if (text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), is_hex))
    return std::nullopt;
  return field_error{std::move(pointer), "pattern", "must be #RRGGBB", {}};
}

std::optional<field_error> check_time_zone(std::string_view text, std::string pointer) {
  if (is_time_zone(text))
    return std::nullopt;
  return field_error{std::move(pointer), "unknown", "must be an IANA time zone", {}};
}

std::optional<field_error> check_locale(std::string_view text, std::string pointer) {
  if (is_language_tag(text))
    return std::nullopt;
  return field_error{std::move(pointer), "pattern", "must be a language tag", {}};
}

}  // namespace callboard
