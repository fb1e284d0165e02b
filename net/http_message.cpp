#include "net/http_message.hpp"

#include <algorithm>

namespace callboard::net {

std::string_view http_request::header(std::string_view name) const noexcept {
  for (const auto& [field, value] : headers)
    if (field == name)
      return value;
  return {};
}

bool http_request::has_header(std::string_view name) const noexcept {
  return std::ranges::any_of(headers, [name](const auto& field) { return field.first == name; });
}

std::size_t http_request::count_header(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
    std::ranges::count_if(headers, [name](const auto& field) { return field.first == name; }));
}

}  // namespace callboard::net
