#pragma once

#include <string_view>

namespace callboard::net {

/// Is it among the passwords that are tried first (without case), a plain sequence, or a short
/// piece repeated?
bool is_common_password(std::string_view password);

}  // namespace callboard::net
