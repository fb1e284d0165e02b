#pragma once

#include "actors/base/refusal.hpp"
#include "actors/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// `list:<id>;epoch=<e>;seq=<n>`, the value of Callboard-Stream.
std::string stream_position_text(std::string_view stream, std::uint64_t epoch, std::uint64_t seq);

/// What Callboard-Min-Seq asks for.
struct min_positions {
  struct of_list {
    uuid list;
    std::uint64_t seq = 0;
  };
  std::optional<std::uint64_t> bare;  ///< of the list that the path names
  std::vector<of_list> lists;
};

/// Reads the header; `bad_header` for a malformed one, `epoch_changed` for another history.
result<min_positions> parse_min_positions(std::string_view value, std::uint64_t stream_epoch);

}  // namespace callboard::net
