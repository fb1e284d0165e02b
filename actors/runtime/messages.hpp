#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <vector>

// What the runtime's actors of one node say to each other. These never leave the process: between nodes only encoded
// envelopes travel (cluster/).
namespace callboard::runtime {

/// A message that its shard has admitted, with the room it holds in the lane (0: none).
struct admitted {
  envelope_ptr message;
  std::size_t reserved = 0;
  int bad_rows = 0;  ///< how often the store refused its row
};

/// A wish to follow a stream.
struct subscribe_wish {
  std::shared_ptr<const subscribe_request> request;
};

/// The journal has been read for an activation.
struct entity_loaded {
  std::uint64_t activation = 0;
  std::shared_ptr<result<loaded_entity>> content;
};

/// Items of an activation that did not commit, in order.
struct append_failed {
  std::shared_ptr<activation> owner;
  append_failure why = append_failure::unavailable;
  std::shared_ptr<std::vector<lane_item>> items;
};

/// A repeated command's stored answer was looked up.
struct outcome_found {
  std::uint64_t activation = 0;  ///< which life asked
  envelope_ptr message;
  std::shared_ptr<answer> reply;
};

/// A message waits for an entity that is not in memory.
struct entity_wanted {
  std::shared_ptr<const entity_ref> ref;
};
struct passivate {};
/// A host's word on `passivate`: it stopped, or it is busy.
struct passivation_answer {
  std::shared_ptr<const entity_ref> ref;
  bool stopped = false;
};
struct retry_load {};
struct housekeeping {};
struct stop_actor {};

// -- hub ---------------------------------------------------------------------------------------------------------------

/// What a committed item means for its stream, in lane order.
struct stream_step {
  std::vector<event_ptr> events;
  std::vector<revocation> revocations;
  std::shared_ptr<const subscribe_request> starting;
  stream_started started;
  entity_ref stream;
};
struct stream_steps {
  std::shared_ptr<std::vector<stream_step>> steps;
};
struct unsubscribe_wish {
  stream_sink* sink = nullptr;
  entity_ref stream;
  std::uint64_t token = 0;
};
struct catch_up_wish {
  stream_sink* sink = nullptr;
  entity_ref stream;
  std::uint64_t token = 0;
  std::uint64_t after = 0;
  std::size_t limit = 0;
};

// -- timers, outbox --------------------------------------------------------------------------------------------------

struct timers_set {
  entity_ref owner;
  std::shared_ptr<const std::vector<timer_op>> ops;
};
struct timers_loaded {
  std::shared_ptr<result<std::vector<timer_row>>> rows;
};
struct outbox_rows {
  std::shared_ptr<result<std::vector<outbox_row>>> rows;
  bool from_store = false;
};
/// Delivered rows whose deletion did not commit: it is tried again.
struct outbox_undone {
  std::shared_ptr<std::vector<outbox_id>> ids;
};
struct outbox_answers {
  std::shared_ptr<std::vector<addressed_answer>> answers;
};

}  // namespace callboard::runtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::subscribe_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::entity_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::append_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::outcome_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::entity_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::passivate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::passivation_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::retry_load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::housekeeping)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::stop_actor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::stream_steps)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::unsubscribe_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::catch_up_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::timers_set)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::timers_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::outbox_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::outbox_answers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::runtime::outbox_undone)
