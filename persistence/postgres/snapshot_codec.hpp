#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::postgres {

/// A snapshot's state as it is stored: zstd.
std::string pack_snapshot(std::string_view state);
/// Nothing if the bytes are damaged or the state is larger than any can be.
std::optional<std::string> unpack_snapshot(std::string_view packed);

}  // namespace callboard::postgres
