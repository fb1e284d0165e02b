#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// What one customer has of an IP address: the address itself, of IPv6 the /64, within which new addresses cost him
/// nothing. An IPv4 address written as IPv6 counts as what it is. Other texts stay as they are.
std::string network_of(std::string_view address);

}  // namespace callboard
