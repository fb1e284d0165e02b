#pragma once

#include "actors/ports/entities.hpp"
#include "net/event_loop.hpp"
#include "net/subscription.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callboard::net {

/// The two clocks as the streams read them; tests turn their own.
struct stream_clock {
  std::function<steady_time()> steady = [] { return std::chrono::steady_clock::now(); };
  std::function<timestamp()> wall = [] { return wall_now(); };
};

/// A digest of a stream's state and the event after which it holds (API.md section 12).
struct state_digest {
  std::uint64_t seq = 0;
  std::string text;
};

/// Who reads streams: a socket, an SSE answer, a long poll. Loop thread only.
class stream_reader {
 public:
  virtual ~stream_reader() = default;

  /// The entity answered. With a problem the subscription is over already.
  virtual void on_started(subscription& one, const stream_started& answer) = 0;
  virtual void on_events(subscription& one, const std::vector<published>& items) = 0;
  virtual void on_page(subscription& one, stream_page&& page) = 0;
  /// The subscription is over; no call about it follows.
  virtual void on_ended(subscription& one, const stream_ended& end) = 0;
  /// The stream has been idle for a while; `frame` says at which number.
  virtual void on_heartbeat(subscription& one, const shared_text& frame, std::uint64_t seq) = 0;

  /// A second has passed.
  virtual void on_tick(steady_time now) = 0;
  /// Who reads: compared when sessions end and accounts are disabled.
  virtual const principal& who() const = 0;
  /// Has to go: says goodbye and closes with `code`.
  virtual void dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) = 0;
  /// A frame for the user's own devices that follow his `user:` stream.
  virtual void tell(const shared_text& frame) = 0;
};

/// All subscriptions of one edge thread: fans events out to their readers and keeps their time.
/// Its methods belong to the loop's thread but where they say otherwise. Lives until the loop has stopped.
class stream_table final : public stream_sink {
 public:
  struct settings {
    std::chrono::seconds heartbeat{30};
    std::chrono::milliseconds deadline{5000};  ///< for a subscription's answer
    /// Asks for a stream's digest on a follower's behalf; the callback is called once, on the loop's thread, now or
    /// later, with nothing where there is none. May be empty.
    std::function<void(const entity_ref& stream, const principal& who, std::function<void(std::optional<state_digest>)>)>
      digest;
    stream_clock clock;
  };

  stream_table(event_loop& loop, entities& target, settings options);
  ~stream_table() override;

  /// Starts the one-second tick; call once, on the loop's thread.
  void start();

  // -- readers ------------------------------------------------------------------------------------------------------

  /// Registers a reader; the number stays unique for ever.
  std::uint64_t add(stream_reader& reader);
  /// Forgets the reader. His subscriptions must have been unfollowed.
  void remove(std::uint64_t reader);
  /// The reader, if he is still there.
  stream_reader* find(std::uint64_t reader) const;

  /// Follows a stream for a reader; on_started() comes later, on the loop. `one` lives until unfollow() or on_ended().
  std::uint64_t follow(stream_reader& reader, subscription& one, std::optional<position> since, snapshot_wish wish);
  /// Ends a subscription; no call about it follows.
  void unfollow(std::uint64_t token);
  /// Asks for the next page of a subscription that is behind.
  void ask_page(std::uint64_t token, subscription& one);

  // -- from outside: any thread -------------------------------------------------------------------------------------

  void deliver(std::vector<stream_notice>&& notices) noexcept override;
  /// A sign-in has ended: its readers go with 4505 within a turn of the loop.
  void revoke_session(const uuid& session);
  /// A sign-in's rights changed: its readers go with 4001 and come back with a new token.
  void recheck_session(const uuid& session);
  /// An account's rights changed: readers with one of its API tokens go with 4001 and come back.
  void recheck_tokens(const uuid& user);
  /// An account was disabled: its readers go with 4506.
  void disable_user(const uuid& user);
  /// The node is about to stop: everybody goes with 4000, told to come back spread over five seconds; and whoever
  /// comes still.
  void drain();
  /// The outcome of a command that was answered `accepted`, for those who follow the caller's `user:` stream here.
  void tell_user(const uuid& user, shared_text frame);

  /// Calls the table on its loop's thread; dropped if the loop has stopped.
  void post(std::function<void()> work) { loop_.post(std::move(work)); }
  const stream_clock& clock() const noexcept { return settings_.clock; }
  std::uint64_t epoch() const noexcept { return target_.stream_epoch(); }
  bool is_draining() const noexcept { return draining_; }
  std::size_t reader_count() const noexcept { return readers_.size(); }
  std::size_t subscription_count() const noexcept { return followers_.size(); }

 private:
  struct follower {
    stream_reader* reader;
    subscription* state;
    bool started = false;
  };
  /// One place in a stream's fan-out; `token` 0 marks one that left during a round.
  struct place {
    std::uint64_t token;
    stream_reader* reader;
    subscription* state;
  };
  struct stream {
    std::vector<place> places;
    std::uint64_t head = 0;
    steady_time last_frame{};
    state_digest digest;  ///< as it was told last; holds while its seq is the head
  };
  using streams = std::unordered_map<entity_ref, stream, entity_ref_hash>;

  void give_up_waiting(steady_time now);
  void handle(stream_notice&& notice);
  void on(stream_started&& answer);
  void on(stream_events&& fresh);
  void on(stream_page&& page);
  void on(stream_ended&& end);
  void leave(const entity_ref& from, std::uint64_t token);
  void tick();
  void beat(const entity_ref& ref, steady_time now);
  void on_digest(const entity_ref& ref, std::optional<state_digest>&& digest);
  void send_heartbeat(streams::iterator at, const std::optional<std::string>& digest);
  template <class Which>
  void dismiss_if(Which&& which, std::uint16_t code, std::string_view reason);
  /// Visits the places of a stream while readers may come and go; false: the stream is gone.
  template <class Visit>
  void each_place(streams::iterator at, Visit&& visit);

  event_loop& loop_;
  entities& target_;
  settings settings_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unordered_map<std::uint64_t, stream_reader*> readers_;
  std::unordered_map<std::uint64_t, follower> followers_;
  std::deque<std::pair<steady_time, std::uint64_t>> unanswered_;  ///< tokens, until when their answer is waited for
  streams streams_;
  const void* visiting_ = nullptr;  ///< the stream whose places are being visited
  std::uint64_t next_reader_ = 1, next_token_ = 1;
  bool draining_ = false;
};

}  // namespace callboard::net
