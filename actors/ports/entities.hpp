#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/base/envelope.hpp"
#include "actors/base/event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callboard {

/// A place in a stream: which history, and the last event seen.
struct position {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
};

/// How a subscriber wants to begin (API.md section 12, `sub.snapshot`).
enum class snapshot_wish : std::uint8_t { automatic, always, never };

/// One committed event as a stream shows it. `frame` is its `ev` object with prev = seq - 1, shared by all sockets.
struct published {
  event_ptr event;
  shared_text frame;
};

// -- what a stream sink is told -----------------------------------------------------------------------------------

/// The answer to subscribe(). With `problem`: refused, nothing is registered.
struct stream_started {
  std::uint64_t token = 0;
  std::optional<refusal> problem;
  entity_ref stream;
  enum class start_mode : std::uint8_t { live, replay, snapshot } mode = start_mode::live;
  std::uint64_t seq = 0;   ///< the stream's head at this moment; later events follow as stream_events
  bool recovered = false;  ///< `since` was honoured
  std::shared_ptr<const std::vector<text_pieces>> parts;  ///< snapshot parts at `seq`, for mode snapshot
};

/// New events of a stream, in order, for every subscription of it on this sink.
struct stream_events {
  entity_ref stream;
  std::vector<published> items;
};

/// A page of older events that catch_up() asked for: those after the asked position, in order; may be empty.
struct stream_page {
  std::uint64_t token = 0;
  std::optional<refusal> problem;
  std::vector<published> items;
};

/// Subscriptions of a stream on this sink are over: one user's, or all. Nothing later of them follows.
struct stream_ended {
  entity_ref stream;
  std::optional<uuid> user;
  std::string reason;  ///< `revoked`
  std::uint64_t seq = 0;
};

using stream_notice = std::variant<stream_started, stream_events, stream_page, stream_ended>;

/// An edge thread that has subscriptions. Outlives the runtime.
class stream_sink {
 public:
  virtual ~stream_sink() = default;
  /// In stream order. Any thread; must not block or throw.
  virtual void deliver(std::vector<stream_notice>&& notices) noexcept = 0;
};

// -- the way in ------------------------------------------------------------------------------------------------------

struct subscribe_request {
  entity_ref stream;
  principal who;
  stream_sink* sink = nullptr;
  std::uint64_t token = 0;  ///< chosen by the sink, unique in it
  std::optional<position> since;
  snapshot_wish snapshot = snapshot_wish::automatic;
  steady_time deadline{};
};

/// What became of a command whose outcome was kept under its id (API.md section 2, Command).
struct finished_command {
  uuid op_id;
  std::string type, stream;
  std::uint64_t seq = 0;
  std::vector<std::string> resources;
  std::optional<refusal> problem;  ///< rejected
  timestamp at{};
};

/// The entities of the cluster, addressed by kind and id. All calls: any thread, never block.
class entities {
 public:
  virtual ~entities() = default;

  /// Sends a message to its entity; the answer goes to `reply_to`, always, within the deadline.
  virtual void tell(envelope_ptr message) = 0;

  /// Asks to follow a stream: one stream_started follows, and, if it was granted, stream_events from its seq on.
  virtual void subscribe(subscribe_request request) = 0;
  /// Ends one subscription of a sink; events on their way may still arrive.
  virtual void unsubscribe(stream_sink* sink, const entity_ref& stream, std::uint64_t token) = 0;
  /// Asks for up to `limit` events after `after` of a stream that `token` subscribes: one stream_page follows.
  virtual void catch_up(stream_sink* sink, const entity_ref& stream, std::uint64_t token, std::uint64_t after,
                        std::size_t limit) = 0;

  virtual std::uint64_t stream_epoch() const noexcept = 0;
};

}  // namespace callboard
