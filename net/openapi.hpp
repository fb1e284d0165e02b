#pragma once

#include "net/route.hpp"

#include <span>
#include <string>
#include <string_view>

namespace callboard::net {

/// The OpenAPI 3.1 document of a table of routes.
std::string openapi_json(std::span<const route> routes, std::string_view version);

/// `components.schemas` as JSON text (net/openapi_schemas.cpp).
std::string_view openapi_schemas() noexcept;

}  // namespace callboard::net
