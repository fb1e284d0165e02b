#include "config/shape.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace callboard::config {

namespace {

bool is_address(std::string_view text, int& bits) {
  const std::string z{text};
  unsigned char room[16];
  if (inet_pton(AF_INET, z.c_str(), room) == 1)
    bits = 32;
  else if (inet_pton(AF_INET6, z.c_str(), room) == 1)
    bits = 128;
  else
    return false;
  return true;
}

bool is_number(std::string_view text, int maximum, int& out) {
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return !text.empty() && error == std::errc{} && stop == end && out >= 0 && out <= maximum;
}

bool is_host(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    int bits = 0;
    return is_address(text.substr(1, text.size() - 2), bits) && bits == 128;
  }
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

/// Host of `host`, `host:port` or `[v6]:port`; empty if malformed.
std::string_view host_of(std::string_view text, bool port_needed) {
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (!has_port)
    return port_needed || !is_host(text) ? std::string_view{} : text;
  int port = 0;
  const auto host = text.substr(0, colon);
  return is_number(text.substr(colon + 1), 65'535, port) && is_host(host) ? host : std::string_view{};
}

bool starts_with_any(std::string_view text, std::string_view a, std::string_view b) {
  return text.starts_with(a) || text.starts_with(b);
}

struct span {
  std::size_t first = std::string_view::npos;
  std::size_t last = std::string_view::npos;
};

/// Where the password stands in `scheme://user:password@host`; npos if there is none.
span authority_password(std::string_view url) {
  const auto slashes = url.find("://");
  if (slashes == std::string_view::npos)
    return {};
  const auto begin = slashes + 3;
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto at = url.substr(0, end).rfind('@');
  const auto colon = url.find(':', begin);
  if (at == std::string_view::npos || at < begin || colon >= at)
    return {};
  return {colon + 1, at};
}

/// Where the value of `?password=` stands.
span query_password(std::string_view url) {
  const auto question = url.find('?');
  if (question == std::string_view::npos)
    return {};
  for (auto at = url.find("password=", question); at != std::string_view::npos; at = url.find("password=", at + 1))
    if (url[at - 1] == '?' || url[at - 1] == '&')
      return {at + 9, std::min(url.find_first_of("&#", at), url.size())};
  return {};
}

}  // namespace

std::optional<std::string> check_endpoint(std::string_view text) {
  if (!host_of(text, true).empty())
    return std::nullopt;
  return "must be host:port or [address]:port";
}

std::optional<std::string> check_cidr(std::string_view text) {
  const auto slash = text.find('/');
  int bits = 0, length = 0;
  const bool good = is_address(text.substr(0, slash), bits)
                    && (slash == std::string_view::npos || is_number(text.substr(slash + 1), bits, length));
  if (good)
    return std::nullopt;
  return "must be an address or a range like 10.0.0.0/8";
}

std::optional<std::string> check_origin(std::string_view text) {
  if (text == "*" || (starts_with_any(text, "http://", "https://") && !host_of(text.substr(text.find("//") + 2), false).empty()))
    return std::nullopt;
  return "must be scheme://host[:port] without a path, or *";
}

std::optional<std::string> check_public_url(std::string_view text) {
  if (text.ends_with('/'))
    text.remove_suffix(1);
  if (text != "*" && !check_origin(text))
    return std::nullopt;
  return "must be http:// or https:// with a host and no path";
}

std::optional<std::string> check_store_url(std::string_view text) {
  if (text.starts_with("sqlite:") && text.size() > 7)
    return std::nullopt;
  if (!check_postgres_url(text))
    return std::nullopt;
  return "must be sqlite:<directory> or postgresql://user@host/database";
}

std::optional<std::string> check_postgres_url(std::string_view text) {
  if (starts_with_any(text, "postgresql://", "postgres://"))
    return std::nullopt;
  return "must be postgresql://user@host/database";
}

bool is_loopback(std::string_view endpoint) {
  const auto host = host_of(endpoint, false);
  int bits = 0;
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && is_address(host, bits));
}

std::string mask_password(std::string_view url) {
  std::string out{url};
  for (const auto place : {query_password(url), authority_password(url)})  // The later one first.
    if (place.first != std::string_view::npos)
      out.replace(place.first, place.last - place.first, "***");
  return out;
}

bool has_password(std::string_view url) {
  return authority_password(url).first != std::string_view::npos || query_password(url).first != std::string_view::npos;
}

}  // namespace callboard::config
