#pragma once

#include <string_view>

namespace callboard {

/// Is it a name of the IANA time zone database (exact case)?
bool is_time_zone(std::string_view name) noexcept;

}  // namespace callboard
