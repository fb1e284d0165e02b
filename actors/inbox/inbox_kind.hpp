#pragma once

#include "actors/base/aggregate.hpp"

namespace callboard::inbox {

const kind_descriptor& descriptor();

}  // namespace callboard::inbox
