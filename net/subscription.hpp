#pragma once

#include "actors/ports/entities.hpp"
#include "net/frames.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace callboard::net {

class message_builder;

/// One reader of one stream: where he stands, and how he gets from there to the present. Pure; one thread.
///
/// While live, events pass through as frames. While behind (a snapshot or a replay is being sent) live events only
/// move the head: what he missed is pulled in pages, one ahead, as his socket takes them.
class subscription {
 public:
  enum class phase : std::uint8_t { starting, snapshot, behind, live, over };

  /// An event on its way to this reader: its frame with the right `prev`.
  struct outgoing {
    shared_text frame;
    std::uint64_t seq = 0, prev = 0;
  };

  static constexpr std::size_t page_events_max = 256;
  static constexpr std::size_t bulk_bytes_max = 256 * 1024;

  subscription(entity_ref stream, std::shared_ptr<const event_filter> filter);

  const entity_ref& stream() const noexcept { return stream_; }
  std::string name() const { return stream_name(stream_); }
  phase now() const noexcept { return phase_; }
  /// The newest event that this stream is known to have.
  std::uint64_t head() const noexcept { return head_; }
  /// Everything up to here has been sent, or was not wanted.
  std::uint64_t position() const noexcept { return position_; }

  /// Begins as the entity answered. `since` is what the client asked to resume from.
  void start(const stream_started& answer, std::uint64_t since);
  void end() noexcept;

  /// Takes new events: if live, what is to be sent now goes to `push(outgoing)`, which may end this subscription.
  template <class Push>
  void on_events(std::span<const published> events, Push&& push) {
    for (const auto& one : events) {
      if (one.event->seq <= head_)
        continue;
      const bool follows = one.event->seq == head_ + 1;
      head_ = one.event->seq;
      if (phase_ != phase::live)
        continue;
      // A hole is no reason to give up: the journal has what is missing.
      if (!follows) {
        phase_ = phase::behind;
        continue;
      }
      position_ = head_;
      if (passes(one))
        push(next(one));
    }
  }

  // -- bulk: what is made as the socket takes it ------------------------------------------------------------------

  bool is_bulk() const noexcept { return phase_ == phase::snapshot || phase_ == phase::behind; }
  /// A snapshot part or a page lies ready.
  bool has_bulk() const noexcept { return phase_ == phase::snapshot || page_at_ < page_.size(); }
  /// Bytes of the next bulk frame, roughly.
  std::size_t bulk_bytes() const noexcept;
  /// Writes the next bulk frame: a snapshot part or an `evs`. Nothing if all of a page was filtered out.
  void take_bulk(message_builder& into, std::uint64_t epoch);

  /// The next events of the page that lies ready, about bulk_bytes_max of them; empty if all were filtered out.
  std::vector<outgoing> take_page();
  /// What was sent live after `sent` did not go out: it is pulled again, as the reader takes it.
  void fall_behind(std::uint64_t sent) noexcept;

  /// A page is to be asked for, after position() and of page_limit() events.
  bool wants_page() const noexcept {
    return phase_ == phase::behind && !page_asked_ && page_at_ == page_.size() && position_ < head_;
  }
  std::size_t page_limit() const noexcept { return page_limit_; }
  void page_asked() noexcept { page_asked_ = true; }
  bool page_is_asked() const noexcept { return page_asked_; }
  /// Takes a page; false: it does not go on from position(), so the stream cannot be had without a gap.
  bool on_page(std::vector<published>&& items);
  /// No page came; it may be asked for again.
  void page_failed() noexcept { page_asked_ = false; }

 private:
  bool passes(const published& one) const noexcept;
  outgoing next(const published& one);
  void take_part(message_builder& into, std::uint64_t epoch);
  void write_page(message_builder& into);
  void settle() noexcept;

  entity_ref stream_;
  std::shared_ptr<const event_filter> filter_;
  std::shared_ptr<const std::vector<text_pieces>> parts_;
  std::vector<published> page_;
  std::uint64_t head_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t sent_ = 0;  ///< seq of the frame sent last: the next `prev`
  std::uint32_t part_ = 0, page_at_ = 0;
  std::uint16_t page_limit_ = page_events_max;
  phase phase_ = phase::starting;
  bool page_asked_ = false;
};

}  // namespace callboard::net
