#pragma once

#include "actors/base/refusal.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::postgres {

/// How to reach the server: libpq's keywords and values. Holds the password: never to be logged.
class connection_settings {
 public:
  /// Reads `postgresql://…` and, if a path is given, the password from the file (without its last line end).
  static result<connection_settings> parse(const std::string& url, const std::string& password_file,
                                           const std::string& node_id);

  const std::vector<std::pair<std::string, std::string>>& keywords() const noexcept { return keywords_; }
  bool has_password() const noexcept;
  /// As one string for libpqxx, with server settings (`-c name=value …`) that survive a reconnection.
  std::string text(std::string_view options) const;

 private:
  std::vector<std::pair<std::string, std::string>> keywords_;
};

}  // namespace callboard::postgres
