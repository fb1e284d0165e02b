#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/ports/store.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace callboard::runtime {

/// Where an entity stands in the journal: what the next row continues.
struct journal_head {
  std::shared_ptr<const entity_ref> ref;
  std::uint16_t slice = 0;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::array<std::uint8_t, 16> link{};
};

/// Turns what a command decided into the rows of one item, and moves `head` past them. `decided` keeps its reply.
lane_item build_item(journal_head& head, const envelope& command, decision& decided, timestamp now);

/// A refused command whose refusal is kept: the item holds its outcome alone.
lane_item build_refusal(const envelope& command, const answer& reply, timestamp now);

/// `timer.fired`: the firing's row goes away with the item, unless the decision set that timer again.
void drop_fired_timer(lane_item& item, const std::string& name, std::uint64_t gen);

}  // namespace callboard::runtime
