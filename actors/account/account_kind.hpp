#pragma once

#include "actors/base/aggregate.hpp"

namespace callboard::account {

const kind_descriptor& descriptor();

}  // namespace callboard::account
