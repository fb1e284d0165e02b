#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"

#include <chrono>

namespace callboard::cluster {

/// Asks an entity as the system and waits for its answer; a missing one is 503 `overloaded`. Not on an actor's thread.
answer ask(entities& target, envelope message, std::chrono::milliseconds patience = std::chrono::seconds{8});

}  // namespace callboard::cluster
