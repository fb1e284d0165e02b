#pragma once

#include "actors/base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::net {

/// A request that passed the strict layer: framing is settled, the body is whole and de-chunked.
struct http_request {
  std::string method;
  std::string target;  ///< origin-form as sent, `/path?query`
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order of arrival
  std::string body;
  std::string remote_ip;
  bool tls = false;

  /// The first header of that (lower-case) name; empty view if there is none.
  std::string_view header(std::string_view name) const noexcept;
  bool has_header(std::string_view name) const noexcept;
  std::size_t count_header(std::string_view name) const noexcept;
};

// -- bodies made while they are sent ----------------------------------------------------------------------------

/// A connection as the source of a streamed body sees it. Loop thread only.
class body_sink {
 public:
  virtual ~body_sink() = default;
  /// There is something to take(): the connection calls body_source::take() when it can write.
  virtual void wake() = 0;
};

/// What one body_source::take() came to.
enum class body_part : std::uint8_t {
  none,   ///< nothing yet: the source calls wake()
  some,   ///< `out` is the next piece
  last,   ///< `out`, which may be empty, ends the body
  broken  ///< the body cannot be finished: the connection is cut, so that nobody takes it for whole
};

/// A body that is pulled while it is sent, one piece ahead of the socket: a reader that is slow makes its source wait.
/// Loop thread only. An answer to HEAD destroys it unopened.
class body_source {
 public:
  virtual ~body_source() = default;
  /// The head of the answer goes out; `sink` lives until on_closed().
  virtual void on_open(body_sink& sink) = 0;
  /// Fills `out` with the next piece. Called when nothing is being written.
  virtual body_part take(text_pieces& out) = 0;
  /// It ends only when the client leaves: a client that says no more is taken to have left.
  virtual bool is_endless() const noexcept { return false; }
  /// All was sent, or the connection is gone; the source is destroyed after this.
  virtual void on_closed() = 0;
};

/// What goes back. Content-Length, Transfer-Encoding, Date, Connection are the connection's business.
struct http_response {
  std::uint16_t status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  text_pieces body;
  bool close = false;  ///< end the connection after this answer
  std::string_view fixed_headers{};  ///< more headers as whole lines, written as they are; static storage
  std::unique_ptr<body_source> source{};  ///< if set, the body comes from here and `body` means nothing
};

/// Called once, on the loop thread of the connection, now or later.
using respond = std::function<void(http_response&&)>;

// -- WebSocket --------------------------------------------------------------------------------------------------

/// A connected socket as a protocol sees it. Loop thread only.
class ws_socket {
 public:
  virtual ~ws_socket() = default;
  /// There is something to take(): the connection calls ws_session::take() when it can write.
  virtual void wake() = 0;
  /// Sends what take() still gives, then the close frame; further input is ignored.
  virtual void close(std::uint16_t code, std::string reason) = 0;
  /// Stops and resumes reading (backpressure); while stopped no missing Pong is counted.
  virtual void set_reading(bool on) = 0;
};

/// What a protocol does with a socket. Loop thread only.
class ws_session {
 public:
  virtual ~ws_session() = default;
  /// The socket is open; `socket` lives until on_closed().
  virtual void on_open(ws_socket& socket) = 0;
  /// One whole text message of valid UTF-8 within the size limit.
  virtual void on_text(std::string_view message) = 0;
  /// Fills `out` with the next message to send; false: nothing waits. Called when nothing is being written.
  virtual bool take(text_pieces& out) = 0;
  /// The socket is gone; the session is destroyed after this.
  virtual void on_closed() = 0;
};

/// The verdict on an upgrade: a session, or an answer that refuses it.
struct upgrade_verdict {
  std::unique_ptr<ws_session> session;  ///< null: refused with `refusal`
  std::string subprotocol;              ///< echoed if not empty
  http_response refusal;
};

/// What the server does with requests; one object a loop thread, called on it.
class http_service {
 public:
  virtual ~http_service() = default;
  virtual void handle(http_request&& request, respond done) = 0;
  /// A well-formed RFC 6455 opening handshake; `done` is called once, now or later.
  virtual void upgrade(http_request&& request, std::function<void(upgrade_verdict&&)> done) = 0;
  /// An answer for what never became a request (strict layer, limits, deadlines): code and sentence.
  virtual http_response problem(std::string_view code, std::string_view detail) = 0;
};

}  // namespace callboard::net
