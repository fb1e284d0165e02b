#pragma once

#include "actors/base/event.hpp"
#include "actors/base/principal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/ports/entities.hpp"
#include "net/frames.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace callboard::net {

/// A stream that a request for events names, and from where on; without `since` from the present.
struct stream_wish {
  entity_ref stream;
  std::optional<position> since;
};

/// `GET /v1/events`.
struct events_request {
  principal who;
  timestamp expires{};  ///< of the token; 0: never
  std::vector<stream_wish> streams;             ///< each named once
  std::shared_ptr<const event_filter> events;   ///< null: all types
};

/// `GET /v1/streams/{stream}/events`.
struct poll_request {
  principal who;
  timestamp expires{};  ///< of the token; 0: never
  stream_wish wish;
  std::shared_ptr<const event_filter> events;
  std::chrono::seconds wait{30};
};

struct poll_answer {
  std::uint64_t seq = 0;  ///< where to go on
  std::vector<event_ptr> items;
};

/// Each is called once, on the loop's thread, now or later.
using events_opened = std::function<void(result<std::unique_ptr<body_source>>)>;
using poll_done = std::function<void(result<poll_answer>)>;

}  // namespace callboard::net
