#pragma once

#include "net/event_poll.hpp"
#include "net/event_stream.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace callboard::net {

/// Opens server-sent events and long polls on one edge thread, and owns those that have not been answered yet.
/// Loop thread only.
class event_readers {
 public:
  event_readers(stream_table& table, user_quota& quota) : table_(table), quota_(quota) {}
  /// May come after the entities have gone, as the loop has stopped by then.
  ~event_readers();
  event_readers(const event_readers&) = delete;

  void open(events_request&& request, events_opened done);
  void poll(poll_request&& request, poll_done done);

 private:
  stream_table& table_;
  user_quota& quota_;
  std::unordered_map<std::uint64_t, std::unique_ptr<event_stream>> opening_;
  std::unordered_map<std::uint64_t, std::unique_ptr<event_poll>> polls_;
  std::uint64_t next_ = 1;
};

}  // namespace callboard::net
