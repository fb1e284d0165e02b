#include "net/media_type.hpp"

#include <algorithm>
#include <string>

namespace callboard::net {
namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool weight_is_zero(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto one = take_until(parameters, ';');
    if (one.starts_with("q="))
      return one.substr(2).find_first_not_of("0.") == one.npos;
  }
  return false;
}

/// 0: no match, 1: `*/*`, 2: `type/*`, 3: the type itself.
int closeness(std::string_view range, std::string_view type) {
  if (range == type)
    return 3;
  if (range == "*/*")
    return 1;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

/// The closest range that covers the type, and whether its weight is above 0.
std::pair<int, bool> best_match(std::string_view accept, std::string_view type) {
  const auto header = lowered(accept);
  std::string_view rest = header;
  std::pair<int, bool> best{0, false};
  while (!rest.empty()) {
    auto item = take_until(rest, ',');
    const int close = closeness(take_until(item, ';'), type);
    if (close > best.first)
      best = {close, !weight_is_zero(item)};
  }
  return best;
}

}  // namespace

bool accepts(std::string_view accept, std::string_view type) {
  if (accept.empty() || accept == "*/*" || accept == type)
    return true;
  const auto [close, wanted] = best_match(accept, type);
  return close > 0 && wanted;
}

bool names_type(std::string_view accept, std::string_view type) {
  const auto [close, wanted] = best_match(accept, type);
  return close == 3 && wanted;
}

bool is_json_type(std::string_view content_type, bool merge_patch) {
  if (content_type == "application/json")
    return true;
  const auto header = lowered(content_type);
  std::string_view rest = header;
  const auto type = take_until(rest, ';');
  if (type != "application/json" && !(merge_patch && type == "application/merge-patch+json"))
    return false;
  while (!rest.empty()) {
    const auto parameter = take_until(rest, ';');
    if (parameter.starts_with("charset=") && parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"")
      return false;
  }
  return true;
}

}  // namespace callboard::net
