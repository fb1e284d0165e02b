#pragma once

#include "actors/base/principal.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace callboard::net {

class api_context;
struct exchange;
using exchange_ptr = std::shared_ptr<exchange>;

enum class http_method : std::uint8_t { get, post, put, patch, del };
inline constexpr std::array<std::string_view, 5> method_names{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::string_view to_string(http_method method) { return method_names[static_cast<std::size_t>(method)]; }

/// Who may come in.
enum class access : std::uint8_t {
  open,     ///< anyone
  auth,     ///< anyone, under the rates of signing in
  refresh,  ///< anyone, under the rate of refreshing
  token,    ///< any valid access token, API tokens included
  sign_in,  ///< a token of a sign-in
  scoped,   ///< a token with the route's scope
};

enum class body_rule : std::uint8_t { none, optional, required };

/// Bits of what else a route does.
enum route_trait : std::uint8_t {
  writes = 1,        ///< problems carry `outcome`; Idempotency-Key, Command-Id and Prefer count
  no_store = 2,      ///< `Cache-Control: no-store`
  one_list = 4,      ///< the path names one list: a bare Callboard-Min-Seq counts
  conditional = 8,   ///< without If-Match or If-None-Match: 428
};

using handler = void (*)(api_context&, exchange_ptr);

/// One row of the one table: routing, checks and OpenAPI come from it.
struct route {
  http_method method;
  std::string_view path;  ///< `/v1/lists/{list_id}`; `{…_id}` is a UUID, `{name}` any one segment
  std::string_view operation;
  std::string_view summary;
  std::string_view tag;
  access who;
  scope needed;
  body_rule body;
  std::string_view body_schema;
  std::string_view answer_schema;
  std::span<const std::string_view> query;
  std::string_view codes;  ///< `200 404`, successes first
  std::uint8_t traits;
  handler run;
};

/// The table (net/routes.cpp).
std::span<const route> all_routes() noexcept;

}  // namespace callboard::net
