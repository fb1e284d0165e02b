#pragma once

#include <string>
#include <string_view>

namespace callboard::net {

/// The AsyncAPI 3.0 document of callboard.v1, made of the tables that validate its frames.
std::string asyncapi_json(std::string_view version);

}  // namespace callboard::net
