#pragma once

#include "actors/base/effect.hpp"
#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace callboard::runtime {

/// What leaves the node once an item's place in the lane's queue is committed: the output gate.
struct gated_effects final : item_effects {
  envelope_ptr cause;  ///< the message that led here; null for subscriptions and the runtime's own items
  int bad_rows = 0;    ///< how often rows of `cause` were refused before
  answer reply;
  std::vector<revocation> revocations;
  std::shared_ptr<const subscribe_request> starting;
  stream_started started;
  std::shared_ptr<const snapshot_row> snapshot;  ///< to be written now that its events are in the journal
};

/// Sends an answer to whoever waits for it.
inline void deliver(const envelope& cause, answer reply) {
  if (!cause.reply_to)
    return;
  std::vector<addressed_answer> one;
  one.push_back({cause.correlation, std::move(reply)});
  cause.reply_to->deliver(std::move(one));
}

}  // namespace callboard::runtime
