#pragma once

#include "actors/base/refusal.hpp"
#include "net/edge_settings.hpp"
#include "net/event_loop.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace callboard::net {

/// Makes the service of one edge thread; called by start(), once a thread, before that thread runs.
using service_factory = std::function<std::unique_ptr<http_service>(event_loop&)>;

/// Where a server listens.
struct bound_address {
  std::string host;
  std::uint16_t port = 0;

  /// `127.0.0.1:8080`, `[::1]:8080`.
  std::string text() const;
};

/// The HTTP and WebSocket edge: a listener and its edge threads. All calls from one owner, off the edge threads.
class edge_server {
 public:
  edge_server(edge_settings settings, service_factory factory);
  /// Stops, if that was not done.
  ~edge_server();
  edge_server(const edge_server&) = delete;
  edge_server& operator=(const edge_server&) = delete;

  /// Takes the address: who connects waits for start(). A refusal says what to do and leaves nothing behind.
  result<bound_address> bind();
  /// Binds, if that was not done, starts the threads and accepts.
  result<bound_address> start();
  /// Closes the listening socket; connections go on.
  void stop_accepting();
  /// Stops accepting, closes idle connections and ends each other one after the answers it waits for.
  /// Sockets stay: their protocol closes them.
  void drain();
  /// True once no request is running, at most after `limit`.
  bool wait_until_idle(std::chrono::milliseconds limit);
  /// True once no WebSocket is open, at most after `limit`.
  bool wait_until_sockets_closed(std::chrono::milliseconds limit);
  /// Closes every connection and ends the threads. The services stay, but nothing calls them any more.
  void halt();
  /// Halts and destroys the services; what was posted to their loops since is dropped.
  void stop();

  edge_counts counts() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace callboard::net
