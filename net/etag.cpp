#include "net/etag.hpp"

#include "net/query_string.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::size_t tags_max = 50;

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
}

/// Takes one entity-tag from the front; false: there is none.
bool take_tag(std::string_view& text, bool& weak, std::string_view& opaque) {
  weak = text.starts_with("W/");
  if (weak)
    text.remove_prefix(2);
  if (!text.starts_with('"'))
    return false;
  const auto end = text.find('"', 1);
  if (end == text.npos)
    return false;
  opaque = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

std::string etag_text(std::uint64_t number) {
  std::string out = "\"";
  out += std::to_string(number);
  out += '"';
  return out;
}

bool etag_condition::matches(std::uint64_t number) const noexcept {
  return any || std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

result<etag_condition> parse_etag_condition(std::string_view name, std::string_view value, bool strong) {
  const auto bad = [&] { return refuse(problem_code::bad_header, std::string(name) + " is not a list of entity tags"); };
  etag_condition out;
  out.present = true;
  skip_spaces(value);
  if (value == "*") {
    out.any = true;
    return out;
  }
  for (std::size_t count = 0;; ++count) {
    bool weak = false;
    std::string_view opaque;
    if (count == tags_max || !take_tag(value, weak, opaque))
      return bad();
    const auto number = parse_number(opaque);
    if (number && !(weak && strong))
      out.numbers.push_back(*number);
    else
      out.foreign = true;
    skip_spaces(value);
    if (value.empty())
      return out;
    if (value.front() != ',')
      return bad();
    value.remove_prefix(1);
    skip_spaces(value);
  }
}

}  // namespace callboard::net
