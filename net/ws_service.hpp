#pragma once

#include "actors/base/envelope.hpp"
#include "net/http_message.hpp"
#include "net/stream_table.hpp"
#include "net/user_quota.hpp"

#include <boost/json/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callboard::net {

/// Whom a token names, and until when.
struct authenticated {
  principal who;
  timestamp expires{};
  std::string name;
};

/// A `cmd` frame on its way to its entity.
struct socket_command {
  std::string type, stream;
  std::shared_ptr<boost::json::object> args;
  principal who;
  uuid op_id;  ///< never nil
  bool client_op_id = false;
  bool async = false;
  std::optional<std::uint64_t> if_rev, base_rev;
  std::string ip;
  std::size_t bytes = 0;
};

struct socket_settings {
  std::string node;                   ///< shown in `welcome`
  std::size_t window = 256;           ///< unanswered `cmd` frames before reading stops
  std::size_t frame_max = 64 * 1024;  ///< shown in `welcome`: the largest message a client may send
  std::size_t subscriptions_max = 1000;
  bool rate_limits = true;            ///< 50 messages a second, burst 100
};

/// All that the sockets of one edge thread share; the references outlive them.
struct socket_dependencies {
  stream_table& table;
  user_quota& quota;
  socket_settings settings;
  /// Judges a token that came from an IP address; the callback is called once, on the loop's thread, now or later.
  std::function<void(std::string token, const std::string& from, std::function<void(result<authenticated>)>)>
    authenticate;
  /// Sends a command; the callback is called once, on the loop's thread, now or later.
  std::function<void(socket_command&&, std::function<void(answer&&)>)> send_command;
  /// A refusal as a problem object (RFC 9457); `unknown`: a write that may have happened, else empty for no write.
  std::function<std::string(const refusal& why, std::optional<bool> unknown)> render_problem;
  /// The outcome of an accepted command, for the user's sockets on other threads and nodes; may be empty.
  std::function<void(const uuid& user, const shared_text& frame)> tell_elsewhere;
  /// Has this sign-in ended? Asked again when a verdict has come a long way; may be empty.
  std::function<bool(const uuid& session)> is_denied;
};

/// The session of a new socket. `who`: the token that came with the upgrade, if one did.
std::unique_ptr<ws_session> make_ws_session(const socket_dependencies& shared, std::optional<authenticated> who,
                                            std::string remote_ip);

}  // namespace callboard::net
