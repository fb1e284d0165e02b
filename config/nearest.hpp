#pragma once

#include <span>
#include <string>
#include <string_view>

namespace callboard::config {

/// The known word most like `word`; empty if none is close enough to be what was meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace callboard::config
