#pragma once

#include "net/edge_connection.hpp"

namespace callboard::net {

/// Serves HTTP/1.x on an accepted socket until it closes or becomes a WebSocket. Loop thread only.
void start_http_connection(edge_context& context, int socket, quota_place place);

}  // namespace callboard::net
