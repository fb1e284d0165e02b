#pragma once

#include "net/edge_settings.hpp"
#include "net/http_chunks.hpp"
#include "net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace callboard::net {

/// Reads HTTP/1.x requests and accepts only what no two parsers can read differently (RFC 9112 without its leniencies).
/// Own parser: Beast's lets through ten of our cases, and a strict layer has to look at every byte of the head anyway.
class request_parser {
 public:
  enum class phase : std::uint8_t { head, body, complete, failed };

  explicit request_parser(const http_limits& limits) : limits_(&limits) {}

  /// Takes what it can use from the front of `input` and says how many bytes; the rest is to be given again, with
  /// more behind it. Stops at the end of the request.
  std::size_t feed(std::string_view input);

  phase state() const noexcept { return phase_; }
  /// Why state() is failed.
  const http_fault& fault() const noexcept { return fault_; }
  /// After the head: may another request follow on this connection?
  bool keep_alive() const noexcept { return keep_alive_; }
  /// After the head: the client waits for `100 Continue`.
  bool expects_continue() const noexcept { return expects_continue_; }
  /// True for HTTP/1.0.
  bool is_http_1_0() const noexcept { return minor_ == 0; }
  /// Gives the complete request away and begins the next.
  http_request take();

 private:
  bool fail(http_fault why);
  std::size_t find_head_end(std::string_view input);
  std::size_t feed_body(std::string_view input);
  bool parse_head(std::string_view head);
  bool parse_request_line(std::string_view line);
  bool parse_field(std::string_view line);
  bool settle_target();
  bool settle_framing();
  bool settle_connection();

  const http_limits* limits_;
  http_request request_;
  http_fault fault_;
  phase phase_ = phase::head;
  std::size_t scanned_ = 0;     // of the head: lines before this are whole
  std::size_t remaining_ = 0;   // of a body with Content-Length
  chunk_decoder chunks_;
  std::uint8_t minor_ = 1;
  bool skipped_blank_ = false;
  bool chunked_ = false;
  bool keep_alive_ = true;
  bool expects_continue_ = false;
};

/// True for an RFC 9110 token.
bool is_token(std::string_view text) noexcept;

/// True for `host[:port]` as Host may have it: a name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view text) noexcept;

/// True if the comma-separated `list` has `token`, in any case.
bool has_token(std::string_view list, std::string_view token) noexcept;

/// True for a valid RFC 6455 opening handshake (an HTTP/1.1 GET without body).
bool is_ws_handshake(const http_request& request) noexcept;

}  // namespace callboard::net
