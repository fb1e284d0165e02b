#pragma once

#include "net/event_requests.hpp"
#include "net/stream_table.hpp"
#include "net/user_quota.hpp"

#include <span>
#include <vector>

namespace callboard::net {

/// One long poll: reads a stream until something came, or the wait is over. Loop thread only.
class event_poll final : public stream_reader {
 public:
  event_poll(stream_table& table, user_quota& quota, poll_request&& request);
  ~event_poll() override;

  /// After `done` the object may be destroyed.
  void start(poll_done done);
  /// The entities are gone: nothing more is asked of them.
  void abandon() noexcept { token_ = 0; }

  void on_started(subscription& what, const stream_started& answer) override;
  void on_events(subscription& what, const std::vector<published>& items) override;
  void on_page(subscription& what, stream_page&& page) override;
  void on_ended(subscription& what, const stream_ended& end) override;
  void on_heartbeat(subscription&, const shared_text&, std::uint64_t) override {}
  void on_tick(steady_time now) override;
  const principal& who() const override { return who_; }
  void dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) override;
  void tell(const shared_text&) override {}

 private:
  bool is_waiting() const { return one_.now() == subscription::phase::live; }
  void answer_found();
  void finish(result<poll_answer> with);
  void leave();

  stream_table& table_;
  user_quota& quota_;
  principal who_;
  timestamp expires_;
  std::optional<position> since_;
  std::shared_ptr<const event_filter> filter_;
  subscription one_;
  std::vector<event_ptr> found_;
  poll_done done_;
  std::chrono::seconds wait_;
  steady_time until_{};
  std::uint64_t reader_ = 0, token_ = 0;
  bool socket_held_ = false, subscription_held_ = false, stalled_ = false;
};

}  // namespace callboard::net
