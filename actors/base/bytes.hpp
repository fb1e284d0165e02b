#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// Text that many readers share and nobody changes: a task's JSON, an event's data, a frame.
using shared_text = std::shared_ptr<const std::string>;

inline shared_text share(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

/// A text in pieces, sent as a buffer sequence without being joined.
using text_pieces = std::vector<shared_text>;

inline std::size_t size_of(const text_pieces& pieces) {
  std::size_t total = 0;
  for (const auto& piece : pieces)
    total += piece->size();
  return total;
}

inline std::string join(const text_pieces& pieces) {
  std::string out;
  out.reserve(size_of(pieces));
  for (const auto& piece : pieces)
    out += *piece;
  return out;
}

}  // namespace callboard
