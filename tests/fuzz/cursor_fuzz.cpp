#include "net/cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// Any text is a cursor or none; a place comes back from its own query alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callboard::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto place = read_cursor(text, "query"); place && make_cursor(*place, "query") != text)
    std::abort();
  // No place of ours is longer than what a list's name makes of it.
  const auto cut = std::min<std::size_t>(size / 2, 512);
  const auto query = text.substr(cut);
  const auto made = make_cursor(text.substr(0, cut), query);
  if (read_cursor(made, query) != text.substr(0, cut))
    std::abort();
  return 0;
}
