#pragma once

#include "actors/base/bytes.hpp"

#include <string>

namespace callboard::net {

/// A page that shows /v1/openapi.json to people: its own script and style, nothing from elsewhere.
shared_text docs_page();

/// The Content-Security-Policy it needs.
std::string docs_page_policy();

}  // namespace callboard::net
