#pragma once

#include "actors/ports/store.hpp"

#include <limits>

namespace callboard::runtime {

inline constexpr auto newest_snapshot = std::numeric_limits<std::uint64_t>::max();

/// Reads what an activation starts from: the newest snapshot with seq ≤ `snapshot_at`, if there is one, and the events
/// after it. Blocks.
result<loaded_entity> load_entity(store& journal, const entity_ref& ref, std::uint64_t snapshot_at);

}  // namespace callboard::runtime
