#pragma once

#include "actors/base/aggregate.hpp"

namespace callboard::session {

const kind_descriptor& descriptor();

}  // namespace callboard::session
