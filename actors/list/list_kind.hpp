#pragma once

#include "actors/base/aggregate.hpp"

namespace callboard::list {

/// The list kind: one list with its sections, tags, members and tasks is one aggregate.
const kind_descriptor& descriptor();

}  // namespace callboard::list
