#pragma once

#include "net/http_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// Which pages of other origins may use the API (API.md sections 1 and 20).
class cors_policy {
 public:
  /// `origins`: exact `scheme://host[:port]`, or `*`; `public_url`: the server's own address, may be empty.
  cors_policy(std::vector<std::string> origins, std::string public_url);

  /// May this origin open a socket? An absent one may; no cookie does.
  bool may_connect(std::string_view origin, std::string_view host) const;

  /// Access-Control-* and Vary of an answer to a request with this Origin (may be empty).
  void decorate(http_response& out, std::string_view origin) const;
  /// The further headers of a preflight's answer.
  void decorate_preflight(http_response& out, std::string_view origin) const;

 private:
  bool listed(std::string_view origin) const;

  std::vector<std::string> origins_;
  std::string own_;
  bool any_ = false;
};

}  // namespace callboard::net
