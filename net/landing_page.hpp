#pragma once

#include "actors/base/bytes.hpp"

#include <string>
#include <string_view>

namespace callboard::net {

/// A small page that says what runs here; no scripts, nothing from elsewhere.
shared_text landing_page();

/// The Content-Security-Policy it needs.
std::string landing_page_policy();

/// `'sha256-…'`: how a policy names an inline style or script.
std::string policy_hash(std::string_view text);

}  // namespace callboard::net
