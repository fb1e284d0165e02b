#include "net/cors.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr auto allowed_methods = "GET, POST, PUT, PATCH, DELETE";
constexpr auto allowed_headers =
  "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Command-Id, Prefer, Callboard-Min-Seq, "
  "Callboard-Consistency, Last-Event-ID, X-Request-Id, traceparent, tracestate";
constexpr auto exposed_headers =
  "ETag, Location, Link, RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
  "Retry-After, Callboard-Stream, Command-Id, Idempotency-Replayed, Preference-Applied, X-Request-Id, "
  "WWW-Authenticate";

/// `scheme://host[:port]` of a URL.
std::string origin_of(std::string_view url) {
  const auto host = url.find("://");
  return host == url.npos ? std::string() : std::string(url.substr(0, url.find('/', host + 3)));
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  return host.substr(0, host.find(':'));
}

bool is_loopback_or_address(std::string_view host) {
  const auto name = without_port(host);
  if (name == "localhost" || name.starts_with('['))
    return true;
  return !name.empty() && name.find_first_not_of("0123456789.") == name.npos;
}

}  // namespace

cors_policy::cors_policy(std::vector<std::string> origins, std::string public_url)
    : origins_(std::move(origins)), own_(origin_of(public_url)) {
  any_ = std::find(origins_.begin(), origins_.end(), "*") != origins_.end();
}

bool cors_policy::listed(std::string_view origin) const {
  return !origin.empty() && origin != "null" && std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

bool cors_policy::may_connect(std::string_view origin, std::string_view host) const {
  if (origin.empty() || any_ || listed(origin))
    return true;
  if (!own_.empty())
    return origin == own_;
  const auto scheme = origin.find("://");
  return scheme != origin.npos && origin.substr(scheme + 3) == host && is_loopback_or_address(host);
}

void cors_policy::decorate(http_response& out, std::string_view origin) const {
  if (origins_.empty())
    return;
  out.headers.emplace_back("Vary", "Origin");
  if (listed(origin)) {
    out.headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
    out.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  } else if (any_ && !origin.empty()) {
    out.headers.emplace_back("Access-Control-Allow-Origin", "*");
  } else {
    return;
  }
  out.headers.emplace_back("Access-Control-Expose-Headers", exposed_headers);
}

void cors_policy::decorate_preflight(http_response& out, std::string_view origin) const {
  if (!listed(origin) && !any_)
    return;
  out.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
  out.headers.emplace_back("Access-Control-Allow-Headers", allowed_headers);
  out.headers.emplace_back("Access-Control-Max-Age", "600");
}

}  // namespace callboard::net
