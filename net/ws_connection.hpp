#pragma once

#include "net/edge_connection.hpp"

#include <memory>
#include <string>

namespace callboard::net {

/// A granted upgrade.
struct ws_start {
  std::string key;  ///< Sec-WebSocket-Key
  std::string subprotocol;
  std::string early;  ///< bytes that came behind the handshake
  std::unique_ptr<ws_session> session;
};

/// Sends the 101 and speaks RFC 6455 for `start.session` until the socket closes. Loop thread only.
void start_ws_connection(edge_context& context, int socket, quota_place place, ws_start start);

}  // namespace callboard::net
