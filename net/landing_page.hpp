#pragma once

#include "actors/base/bytes.hpp"

#include <string>

namespace callboard::net {

/// A small page that says what runs here; no scripts, nothing from elsewhere.
shared_text landing_page();

/// The Content-Security-Policy it needs.
std::string landing_page_policy();

}  // namespace callboard::net
