#include "actors/list/text_rules.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace callboard::list {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &out,
                                 static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{out, &std::free};
  return size < 0 ? std::string(text) : std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

bool is_space(std::string_view code_point) {
  if (code_point == " ")
    return true;
  if (is_ascii(code_point))
    return false;
  utf8proc_int32_t value = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(code_point.data()),
                   static_cast<utf8proc_ssize_t>(code_point.size()), &value);
  const auto category = utf8proc_category(value);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

bool is_key_char(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

std::size_t code_points(std::string_view text) {
  if (is_ascii(text))
    return text.size();
  const auto composed = mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  return static_cast<std::size_t>(std::count_if(composed.begin(), composed.end(), starts_code_point));
}

std::string folded(std::string_view text) {
  if (is_ascii(text)) {
    std::string out(text);
    for (auto& c : out)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
  }
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    std::size_t length = 1;
    while (length < text.size() && !starts_code_point(text[length]))
      ++length;
    if (!is_space(text.substr(0, length)))
      break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    auto start = text.size() - 1;
    while (start > 0 && !starts_code_point(text[start]))
      --start;
    if (!is_space(text.substr(start)))
      break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

bool has_control(std::string_view text, bool multi_line) noexcept {
  return std::any_of(text.begin(), text.end(), [&](char c) {
    return static_cast<unsigned char>(c) < 0x20 && !(multi_line && (c == '\n' || c == '\r' || c == '\t'));
  });
}

bool is_color(std::string_view text) noexcept {
  return text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
         });
}

std::string key_of_name(std::string_view name) {
  std::string initials, letters;
  bool inside = false;
  for (const char raw : name) {
    const char c = upper(raw);
    if (is_key_char(c)) {
      letters += c;
      if (!inside)
        initials += c;
    }
    inside = raw != ' ' && raw != '-' && raw != '_' && raw != '/';
  }
  auto key = initials.size() > 1 ? initials.substr(0, 10) : letters.substr(0, 3);
  return key.empty() ? "LIST" : key;
}

}  // namespace callboard::list
