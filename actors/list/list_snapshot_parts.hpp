#pragma once

#include "actors/base/bytes.hpp"
#include "actors/list/list.hpp"

#include <array>
#include <memory>

namespace callboard::list {

/// What subscribers start from, kept while the list stays at one seq so that all of them share it.
class snapshot_parts {
 public:
  using shared_parts = std::shared_ptr<const std::vector<text_pieces>>;

  /// Members of `snap.data` without braces, at most 256 KiB a part, for a caller of this member's role.
  shared_parts at(const state& s, const member& caller) const;

 private:
  mutable std::uint64_t seq_ = 0;
  mutable std::array<shared_parts, 3> by_role_;
};

}  // namespace callboard::list
