#include "actors/base/network_of.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace callboard {

std::string network_of(std::string_view address) {
  constexpr std::size_t network_bytes = 8;
  std::string whole(address);
  in6_addr parsed{};
  if (inet_pton(AF_INET6, whole.c_str(), &parsed) != 1)
    return whole;
  char text[INET6_ADDRSTRLEN] = {};
  if (IN6_IS_ADDR_V4MAPPED(&parsed))
    return inet_ntop(AF_INET, parsed.s6_addr + 12, text, sizeof text);
  std::fill(parsed.s6_addr + network_bytes, parsed.s6_addr + sizeof parsed, 0);
  return std::string(inet_ntop(AF_INET6, &parsed, text, sizeof text)) + "/64";
}

}  // namespace callboard
