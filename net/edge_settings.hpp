#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace callboard::net {

/// Bounds of one HTTP request; what is over them never reaches a service.
struct http_limits {
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t fields_max = 100;
  std::size_t target_bytes_max = 8 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t chunk_extension_bytes_max = 256;
  std::size_t trailer_bytes_max = 2 * 1024;
};

/// Bounds of one WebSocket.
struct ws_limits {
  std::size_t message_bytes_max = 64 * 1024;
  std::size_t fragments_max = 64;
  std::size_t controls_per_second = 20;
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds pong_timeout{10'000};
  std::chrono::milliseconds close_timeout{2'000};
  std::chrono::milliseconds handshake_timeout{5'000};
};

/// All that the HTTP and WebSocket edge can be told.
struct edge_settings {
  std::string listen = "127.0.0.1:8080";  ///< `host:port`; port 0 picks a free one
  unsigned threads = 2;
  std::size_t connections = 20'000;  ///< in all; one address has at most half
  http_limits http;
  ws_limits ws;
  std::size_t pipelined_max = 16;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds body_grace{10'000};  ///< after it a body must average body_rate_min
  std::size_t body_rate_min = 1024;              ///< bytes a second
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::size_t write_rate_min = 16 * 1024;  ///< bytes a second that large answers add to write_timeout
  std::chrono::milliseconds answer_timeout{120'000};  ///< a service that never answers
  std::size_t arriving_bytes_max = 256 * 1024 * 1024;  ///< unfinished bodies of a thread; beyond it large ones get 503
  std::size_t arriving_small = 64 * 1024;              ///< a body up to here never does
  std::size_t unsent_pipelined_max = 1024 * 1024;   ///< with more answers untaken a connection's next request waits
  std::size_t unsent_bytes_max = 128 * 1024 * 1024;  ///< untaken answers of a thread; beyond it slow readers are cut
  std::size_t unsent_small = 64 * 1024;              ///< who holds no more is never cut for it
  std::chrono::milliseconds unsent_patience{5'000};  ///< nor who has waited no longer
};

/// What the edge has seen since it started.
struct edge_counts {
  std::uint64_t accepted = 0;
  std::uint64_t refused_connections = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_requests = 0;  ///< by the strict layer or a deadline
  std::uint64_t upgrades = 0;
  std::uint64_t exceptions = 0;  ///< thrown by handlers and caught
  std::size_t open_http = 0;
  std::size_t open_ws = 0;
  std::size_t running_requests = 0;
};

}  // namespace callboard::net
