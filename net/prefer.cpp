#include "net/prefer.hpp"

#include "net/query_string.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool equals_folded(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
         });
}

void apply(preferences& out, std::string_view name, std::string_view value) {
  // The first of a repeated preference counts (RFC 7240, section 2).
  if (equals_folded(name, "respond-async"))
    out.respond_async = true;
  else if (equals_folded(name, "return") && !out.return_minimal && !out.return_representation)
    (value == "minimal" ? out.return_minimal : out.return_representation) = value == "minimal" || value == "representation";
  else if (equals_folded(name, "wait") && !out.wait_s)
    if (const auto seconds = parse_number(value); seconds && *seconds <= 3600)
      out.wait_s = static_cast<std::uint32_t>(*seconds);
}

}  // namespace

preferences parse_prefer(std::string_view value) {
  preferences out;
  while (!value.empty()) {
    const auto end = std::min(value.find(','), value.size());
    auto item = value.substr(0, std::min(value.find(';'), end));
    value.remove_prefix(std::min(end + 1, value.size()));
    const auto equals = item.find('=');
    auto argument = equals == item.npos ? std::string_view{} : trimmed(item.substr(equals + 1));
    if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"')
      argument = argument.substr(1, argument.size() - 2);
    apply(out, trimmed(item.substr(0, equals)), argument);
  }
  return out;
}

}  // namespace callboard::net
