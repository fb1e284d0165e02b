#pragma once

#include "actors/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// Gathers frames into one message: a bare object, or an array from the second frame on.
class message_builder {
 public:
  explicit message_builder(text_pieces& out) : out_(out) { out_.clear(); }

  /// Starts the next frame; its pieces follow.
  void begin_frame();
  void piece(shared_text text);
  void frame(shared_text text) {
    begin_frame();
    piece(std::move(text));
  }
  /// Closes the array if there is one; true: there is a message.
  bool finish();

  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t frames() const noexcept { return frames_; }

 private:
  text_pieces& out_;
  std::size_t bytes_ = 0, frames_ = 0;
};

/// A comma, shared by everybody.
const shared_text& comma_piece();

/// What waits for one socket, in order and bounded: control frames, and the live events of its subscriptions.
/// Pure; one thread.
class outbound_queue {
 public:
  enum class frame_kind : std::uint8_t { control, command_reply, resync, event };

  static constexpr std::size_t event_bytes_max = 1024 * 1024;
  static constexpr std::size_t event_frames_max = 4096;

  /// What left the queue with a take().
  struct taken {
    std::size_t command_replies = 0;
    bool resync = false;
  };

  void push_control(shared_text text, frame_kind kind = frame_kind::control);
  /// An event frame of subscription `key`. Call only if has_room().
  void push_event(shared_text text, std::uint32_t key, std::uint64_t seq, std::uint64_t prev);
  /// Would an event of that size stay within the bounds?
  bool has_room(std::size_t bytes) const noexcept {
    return event_bytes_ + bytes <= event_bytes_max && event_frames_ < event_frames_max;
  }

  /// The subscription with the most bytes waiting; 0: no events wait.
  std::uint32_t heaviest() const;
  /// Drops every event that waits for a subscription.
  void drop_events(std::uint32_t key);
  /// Drops all but what is `control`.
  void drop_all_events();

  /// Moves frames into the message until it has `bytes_max`; events of one subscription that wait in a row become one
  /// `evs` under the name that `stream_of(key)` gives; without a name they stay single.
  template <class StreamOf>
  taken take(message_builder& into, std::size_t bytes_max, StreamOf&& stream_of) {
    taken out;
    while (head_ < items_.size() && into.bytes() < bytes_max) {
      auto run = run_length(bytes_max - into.bytes());
      const std::string name = run < 2 ? std::string() : stream_of(items_[head_].key);
      if (name.empty()) {
        run = 1;
        into.frame(items_[head_].text);
      } else {
        append_run(into, run, name);
      }
      leave(run, out);
    }
    return out;
  }

  bool empty() const noexcept { return head_ == items_.size(); }
  std::size_t control_frames() const noexcept { return items_.size() - head_ - event_frames_; }
  std::size_t control_bytes() const noexcept { return control_bytes_; }
  std::size_t event_frames() const noexcept { return event_frames_; }
  std::size_t event_bytes() const noexcept { return event_bytes_; }

 private:
  struct item {
    shared_text text;
    std::uint64_t seq = 0, prev = 0;
    std::uint32_t key = 0;  ///< 0: control
    frame_kind kind = frame_kind::control;
  };

  std::size_t run_length(std::size_t bytes_max) const;
  void append_run(message_builder& into, std::size_t count, std::string_view stream) const;
  void leave(std::size_t count, taken& out);
  template <class Drop>
  void drop_if(Drop&& drop);
  void compact();

  std::vector<item> items_;
  std::size_t head_ = 0;
  std::size_t event_frames_ = 0, event_bytes_ = 0, control_bytes_ = 0;
};

}  // namespace callboard::net
