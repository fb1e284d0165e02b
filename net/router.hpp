#pragma once

#include "net/route.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

inline constexpr std::size_t path_params_max = 3;

/// What a path and method lead to.
struct route_match {
  const route* row = nullptr;       ///< null: no such path, or not with this method
  std::uint8_t allowed = 0;         ///< bits of http_method that the path has; 0: no such path
  std::array<std::string_view, path_params_max> params;  ///< views into the path, in order
};

/// Finds routes by walking the path's segments; no allocation per request. Immutable, any thread.
class router {
 public:
  explicit router(std::span<const route> routes);

  /// `method` as sent; HEAD is matched as GET. Ids that are no UUIDs make the path unknown.
  route_match match(std::string_view method, std::string_view path) const noexcept;

 private:
  struct node {
    std::vector<std::pair<std::string_view, std::uint32_t>> literals;
    std::uint32_t parameter = 0;  ///< 0: none
    bool parameter_is_id = false;
    std::array<const route*, method_names.size()> rows{};
  };

  std::uint32_t child_for(std::uint32_t at, std::string_view segment);

  std::vector<node> nodes_;
};

/// `GET, HEAD, OPTIONS, POST` for the Allow header.
std::string allow_text(std::uint8_t allowed);

}  // namespace callboard::net
