#include "net/query_string.hpp"

#include "net/problem.hpp"

#include <algorithm>
#include <charconv>

namespace callboard::net {
namespace {

constexpr std::string_view repeatable = "stream";

int hex(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Length of the well-formed UTF-8 sequence at `at` (RFC 3629), 0 for none.
std::size_t sequence_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(at);
  if (lead < 0x80)
    return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0 ? 2 : (lead & 0xf0) == 0xe0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (!length || at + length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80)
      return 0;
  const auto second = byte(at + 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto length = sequence_at(text, at);
    if (!length)
      return false;
    at += length;
  }
  return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
      if (high < 0 || low < 0 || (high == 0 && low == 0))
        return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  if (!is_utf8(out))
    return std::nullopt;
  return out;
}

result<query_values> query_values::parse(std::string_view query, std::span<const std::string_view> known) {
  query_values out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty())
      continue;
    const auto equals = item.find('=');
    const auto name = percent_decode(item.substr(0, equals), true);
    const auto value = equals == item.npos ? std::optional<std::string>("") : percent_decode(item.substr(equals + 1), true);
    if (!name || !value)
      return refuse_parameter("", "the query has a bad escape or is not UTF-8");
    const auto row = std::find(known.begin(), known.end(), *name);
    if (row == known.end())
      return refuse_parameter(*name, "this parameter is not known here");
    if (*name != repeatable && out.find(*name))
      return refuse_parameter(*name, "this parameter may be given once");
    out.items_.emplace_back(*row, std::move(*value));
  }
  return out;
}

const std::string* query_values::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : items_)
    if (key == name)
      return &value;
  return nullptr;
}

std::vector<std::string_view> query_values::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const auto& [key, value] : items_)
    if (key == name)
      out.push_back(value);
  return out;
}

result<std::size_t> query_values::count(std::string_view name, std::size_t most, std::size_t otherwise) const {
  const auto* text = find(name);
  if (!text)
    return otherwise;
  const auto number = parse_number(*text);
  if (!number || *number < 1 || *number > most)
    return refuse_parameter(name, "must be a number from 1 to " + std::to_string(most));
  return static_cast<std::size_t>(*number);
}

result<bool> query_values::flag(std::string_view name) const {
  const auto* text = find(name);
  if (!text || *text == "false")
    return false;
  if (*text == "true")
    return true;
  return refuse_parameter(name, "must be true or false");
}

result<std::optional<std::uint64_t>> query_values::number(std::string_view name) const {
  const auto* text = find(name);
  if (!text)
    return std::optional<std::uint64_t>{};
  if (const auto number = parse_number(*text))
    return std::optional<std::uint64_t>{*number};
  return refuse_parameter(name, "must be a number");
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text[0] == '0'))
    return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

}  // namespace callboard::net
