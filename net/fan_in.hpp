#pragma once

#include "actors/base/envelope.hpp"
#include "net/bridge.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace callboard::net {

/// Asks many entities at once and calls `done` with the answers in the order of the questions. Loop thread.
void ask_all(bridge& way, std::vector<std::shared_ptr<envelope>> questions,
             std::function<void(std::vector<answer>&&)> done);

}  // namespace callboard::net
