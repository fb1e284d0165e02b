#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::config {

// Each says what is wrong with a text, or nothing.

/// `host:port`, `[v6]:port`; the port may be 0.
std::optional<std::string> check_endpoint(std::string_view text);
/// `10.0.0.0/8`, `fd00::/8`, or one address.
std::optional<std::string> check_cidr(std::string_view text);
/// `scheme://host[:port]` exactly, or `*`.
std::optional<std::string> check_origin(std::string_view text);
/// `http://…` or `https://…` without a path, query or fragment.
std::optional<std::string> check_public_url(std::string_view text);
/// `sqlite:<directory>` or `postgresql://…`.
std::optional<std::string> check_store_url(std::string_view text);
/// `postgresql://…`.
std::optional<std::string> check_postgres_url(std::string_view text);

/// True for 127.0.0.0/8, ::1 and localhost as the host of an endpoint.
bool is_loopback(std::string_view endpoint);

/// A URL with its password, in authority or query, replaced by `***`.
std::string mask_password(std::string_view url);

/// True if a URL carries a password.
bool has_password(std::string_view url);

}  // namespace callboard::config
