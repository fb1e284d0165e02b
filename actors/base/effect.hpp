#pragma once

#include "actors/base/bytes.hpp"
#include "actors/base/entity_ref.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Sets (or, without `due_at`, cancels) the durable timer `name` of the entity that decided it.
/// It fires as the command `timer.fired` with args {"name","gen"}; a firing with another gen is ignored.
struct timer_op {
  std::string name;
  std::uint64_t gen = 0;
  std::optional<timestamp> due_at;
};

/// A command for another entity, stored with the events that ask for it and delivered at least once.
/// The receiver recognises repeats by (source entity, source seq, index): its op_id is derived from these.
struct outbox_message {
  entity_ref to;
  std::string type;  ///< the receiver's command type
  std::string args;  ///< its args as JSON text
};

/// Ends subscriptions of the deciding entity's stream after its events: one user's, or all.
struct revocation {
  std::optional<uuid> user;
};

}  // namespace callboard
