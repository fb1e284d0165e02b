#pragma once

#include "actors/base/refusal.hpp"

#include <string>

namespace callboard::cluster {

/// One line of `input` without its line end; a terminal is asked for it and does not show it. Refuses an empty one and
/// the end of the input: what a script meant to give is missing.
result<std::string> read_password(int input);

}  // namespace callboard::cluster
