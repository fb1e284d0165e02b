#pragma once

#include "actors/base/effect.hpp"
#include "actors/base/envelope.hpp"
#include "actors/base/work_pool.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace callboard::runtime {

/// A snapshot of which the state is still to be encoded.
struct unwritten_snapshot {
  snapshot_row row;
  std::function<std::string()> encode;
  std::shared_ptr<std::atomic<bool>> written = std::make_shared<std::atomic<bool>>(false);
};

/// What leaves the node once an item's place in the lane's queue is committed: the output gate.
struct gated_effects final : item_effects {
  envelope_ptr cause;  ///< the message that led here; null for subscriptions and the runtime's own items
  int bad_rows = 0;    ///< how often rows of `cause` were refused before
  answer reply;
  std::vector<revocation> revocations;
  std::shared_ptr<const subscribe_request> starting;
  stream_started started;
  std::shared_ptr<unwritten_snapshot> snapshot;  ///< to be written now that its events are in the journal
};

/// Encodes and writes a snapshot on the readers' pool. One that cannot be written now is simply missed: the next one comes.
inline void write_snapshot(work_pool& readers, store& journal, std::shared_ptr<unwritten_snapshot> snapshot) {
  readers.run([&journal, snapshot = std::move(snapshot)] {
    snapshot->row.state = snapshot->encode();
    *snapshot->written = journal.put_snapshot(snapshot->row).has_value();
  });
}

/// Sends an answer to whoever waits for it.
inline void deliver(const envelope& cause, answer reply) {
  if (!cause.reply_to)
    return;
  std::vector<addressed_answer> one;
  one.push_back({cause.correlation, std::move(reply)});
  cause.reply_to->deliver(std::move(one));
}

/// Tells a would-be subscriber that nothing comes of it.
inline void refuse_subscription(const subscribe_request& request, refusal why) {
  stream_started started;
  started.token = request.token;
  started.stream = request.stream;
  started.problem = std::move(why);
  request.sink->deliver({stream_notice{std::move(started)}});
}

}  // namespace callboard::runtime
