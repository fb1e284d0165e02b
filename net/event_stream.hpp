#pragma once

#include "net/event_requests.hpp"
#include "net/stream_table.hpp"
#include "net/user_quota.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace callboard::net {

/// One answer to `GET /v1/events`: reads streams, and is the body that tells of them (server-sent events). It follows all
/// its streams before it is answered, so that a refusal still has its status. Loop thread only.
class event_stream final : public stream_reader, public body_source {
 public:
  /// Told once how the start went; after a refusal the object may be destroyed.
  using started = std::function<void(std::optional<refusal>)>;

  static constexpr std::chrono::seconds comment_interval{15};
  static constexpr std::size_t queue_bytes_max = 1024 * 1024;
  static constexpr std::size_t queue_events_max = 4096;
  static constexpr std::size_t piece_bytes = 64 * 1024;  ///< of one take(), roughly
  static constexpr std::size_t pages_ahead_max = 4;

  event_stream(stream_table& table, user_quota& quota, events_request&& request);
  ~event_stream() override;

  void start(started done);
  /// The entities are gone: nothing more is asked of them.
  void abandon() noexcept;

  void on_started(subscription& what, const stream_started& answer) override;
  void on_events(subscription& what, const std::vector<published>& items) override;
  void on_page(subscription& what, stream_page&& page) override;
  void on_ended(subscription& what, const stream_ended& end) override;
  void on_heartbeat(subscription&, const shared_text&, std::uint64_t) override {}
  void on_tick(steady_time now) override;
  const principal& who() const override { return who_; }
  void dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) override;
  void tell(const shared_text& frame) override;

  void on_open(body_sink& sink) override;
  body_part take(text_pieces& out) override;
  bool is_endless() const noexcept override { return true; }
  void on_closed() override { leave(); }

 private:
  /// A subscription with what its reader has been told of it.
  struct followed final : subscription {
    using subscription::subscription;
    std::uint64_t token = 0;
    std::optional<callboard::position> since;
    stream_started answer;
    std::string key;         ///< in a resume_id
    std::uint64_t told = 0;  ///< all up to here went out: where a resume goes on
    bool has_answer = false;
    bool stalled = false;    ///< a page was refused; the next tick asks again
  };
  /// What waits to go out: an event of a stream, or (`of` is null) a text of its own.
  struct item {
    followed* of = nullptr;
    shared_text text;
    std::uint64_t seq = 0, prev = 0;
  };

  void fail(refusal why);
  void begin();
  std::string ready_data() const;
  void say(std::string_view event, std::string_view data);
  bool has_room(std::size_t bytes) const;
  void push(followed& one, subscription::outgoing&& event);
  void overflow(followed& one, std::uint64_t prev);
  void end(followed& one, std::string_view reason, std::uint64_t seq);
  void drop_items(const followed* of);
  void take_queue(text_pieces& out, std::size_t& bytes);
  void take_pages(text_pieces& out, std::size_t& bytes);
  void write_event(followed& one, shared_text frame, std::uint64_t seq, text_pieces& out, std::size_t& bytes);
  void pump();
  void wake();
  void leave();
  std::string id_text() const;

  stream_table& table_;
  user_quota& quota_;
  principal who_;
  timestamp expires_;
  std::vector<std::unique_ptr<followed>> followed_;
  started done_;
  body_sink* sink_ = nullptr;
  std::deque<item> queue_;
  std::size_t queued_bytes_ = 0;
  std::string last_id_;  ///< as it was written last
  steady_time last_written_{};
  std::uint64_t reader_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t subscriptions_held_ = 0;
  bool socket_held_ = false;
  bool closing_ = false;
};

}  // namespace callboard::net
