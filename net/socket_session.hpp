#pragma once

#include "net/frames.hpp"
#include "net/message_rate.hpp"
#include "net/outbound_queue.hpp"
#include "net/ws_service.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::net {

/// One socket that speaks callboard.v1. Loop thread only.
class socket_session final : public ws_session, public stream_reader {
 public:
  static constexpr std::chrono::seconds hello_timeout{10};
  static constexpr std::chrono::seconds resync_timeout{10};
  static constexpr std::chrono::seconds expiry_warning{60};
  static constexpr std::size_t message_bytes_max = 256 * 1024;
  static constexpr std::size_t pages_ahead_max = 4;
  static constexpr std::size_t control_frames_max = 1024;
  static constexpr std::size_t control_bytes_max = 512 * 1024;

  socket_session(const socket_dependencies& shared, std::optional<authenticated> who, std::string remote_ip);
  ~socket_session() override;

  void on_open(ws_socket& socket) override;
  void on_text(std::string_view message) override;
  bool take(text_pieces& out) override;
  void on_closed() override;

  void on_started(subscription& one, const stream_started& answer) override;
  void on_events(subscription& one, const std::vector<published>& items) override;
  void on_page(subscription& one, stream_page&& page) override;
  void on_ended(subscription& one, const stream_ended& end) override;
  void on_heartbeat(subscription& one, const shared_text& frame, std::uint64_t seq) override;
  void on_tick(steady_time now) override;
  const principal& who() const override { return me_.who; }
  void dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) override;
  void tell(const shared_text& frame) override;

 private:
  enum class phase : std::uint8_t { hello, judging, open, closing };

  /// A subscription with what the socket knows of it.
  struct followed final : subscription {
    using subscription::subscription;
    std::uint64_t token = 0;
    std::uint64_t since = 0;
    frame_id id;
    std::uint32_t key = 0;
    bool listed = false;   ///< among bulk_
    bool stalled = false;  ///< a page was refused; the next tick asks again
  };
  /// What came before the token was judged.
  struct waiting {
    std::vector<sub_frame> resume;
    std::vector<client_frame> frames;
  };
  /// What the answer to a `cmd` needs to be told.
  struct pending_command {
    frame_id id;
    uuid op_id;
    std::string stream;
    uuid user;
    bool async = false;
  };

  // -- the protocol (socket_session.cpp)
  void run(std::vector<client_frame>&& frames);
  void handle(client_frame& frame);
  void first(client_frame& frame);
  bool within_rate(const client_frame& frame);
  void on_judged(result<authenticated>&& verdict);
  void admit();
  bool is_denied(const principal& who) const { return shared_.is_denied && shared_.is_denied(who.session); }
  void on(hello_frame& frame);
  void on(sub_frame& frame);
  void on(unsub_frame& frame);
  void on(cmd_frame& frame);
  void on(auth_frame& frame);
  void on(ping_frame& frame);
  void on(idle_frame&) {}
  void on(refused_frame& frame);
  void on_renewed(const frame_id& id, result<authenticated>&& verdict);
  static void on_answer(const socket_dependencies& shared, std::uint64_t reader, const pending_command& asked,
                        answer&& content);
  void accepted(const pending_command& asked, const shared_text& outcome);
  void warn_of_expiry(timestamp now);
  void close(std::uint16_t code, std::string_view reason);
  void leave();
  void send(std::string text, outbound_queue::frame_kind kind = outbound_queue::frame_kind::control);
  void refuse_frame(const frame_id& id, const refusal& why);
  std::string problem(const refusal& why) const { return shared_.render_problem(why, std::nullopt); }
  void wake();
  void update_reading();

  // -- its streams (socket_streams.cpp)
  std::optional<refusal> may_follow(const std::optional<entity_ref>& stream) const;
  followed* find(const entity_ref& stream);
  followed* find(std::uint32_t key);
  void end_with_resync(followed& one, std::string_view reason, std::uint64_t seq);
  void leave(followed& one);
  void drop(followed& one);
  void forget(const followed& one);
  void sweep();
  void make_room(std::size_t bytes);
  void list_bulk(followed& one);
  void take_bulk(message_builder& into);
  void pump();

  const socket_dependencies& shared_;
  ws_socket* socket_ = nullptr;
  std::uint64_t reader_ = 0;
  authenticated me_;
  std::string ip_;
  outbound_queue queue_;
  std::vector<std::unique_ptr<followed>> followed_;
  std::vector<followed*> bulk_;
  std::unique_ptr<waiting> waiting_;
  message_rate rate_;
  steady_time opened_{};
  std::optional<steady_time> resync_since_;  ///< when the oldest unwritten resync{overflow} was queued
  std::size_t unanswered_ = 0;
  std::uint32_t next_key_ = 1;
  phase phase_ = phase::hello;
  bool upgraded_ = false;  ///< the upgrade carried a token
  bool counted_ = false;   ///< stands in the quota
  bool warned_ = false;
  bool awake_ = false;
  bool reading_ = true;
  bool resync_taken_ = false;
};

}  // namespace callboard::net
