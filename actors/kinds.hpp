#pragma once

#include "actors/base/aggregate.hpp"

#include <span>

namespace callboard {

/// Every kind of entity there is.
std::span<const kind_descriptor> all_kinds() noexcept;

/// The descriptor of a kind.
const kind_descriptor& descriptor_of(entity_kind kind) noexcept;

}  // namespace callboard
