#pragma once

#include "actors/base/aggregate.hpp"

namespace callboard::login {

const kind_descriptor& descriptor();

}  // namespace callboard::login
