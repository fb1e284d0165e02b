#pragma once

#include "tests/net/edge/edge_fixture.hpp"

#include <optional>
#include <string>
#include <utility>

namespace callboard::net::testing {

/// A client frame: first byte as given (FIN, reserved bits, opcode), masked unless told not to be.
inline std::string frame(unsigned first, std::string payload, bool masked = true) {
  std::string out(1, static_cast<char>(first));
  const char mask_bit = masked ? '\x80' : '\0';
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<char>(payload.size()));
  } else if (payload.size() < 65536) {
    out += static_cast<char>(mask_bit | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  } else {
    out += static_cast<char>(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(payload.size() >> shift);
  }
  if (!masked)
    return out + payload;
  constexpr char mask[] = {'\x12', '\x34', '\x56', '\x78'};
  out.append(mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return out + payload;
}
inline std::string text(std::string payload) { return frame(0x81, std::move(payload)); }
inline std::string close_payload(unsigned code, const std::string& reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason;
}

struct server_frame {
  unsigned opcode = 0;
  std::string payload;
  unsigned close_code() const {
    return opcode == 8 && payload.size() >= 2
      ? static_cast<unsigned char>(payload[0]) * 256u + static_cast<unsigned char>(payload[1])
      : 0;
  }
};

/// A raw socket after its handshake.
class ws_client : public raw_client {
 public:
  explicit ws_client(std::uint16_t port, const std::string& early = "") : raw_client(port) {
    send("GET /v1/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n" +
         early);
    if (wait_for("\r\n\r\n")) {
      const auto end = received.find("\r\n\r\n") + 4;
      answer = received.substr(0, end);
      received.erase(0, end);
    }
  }

  /// The next frame of the server; nothing if it closed or stays silent.
  std::optional<server_frame> next() {
    if (!wait_bytes(2))
      return std::nullopt;
    std::size_t size = static_cast<unsigned char>(received[1]), head = 2;
    if (size >= 126) {
      head = size == 126 ? 4 : 10;
      if (!wait_bytes(head))
        return std::nullopt;
      size = 0;
      for (std::size_t i = 2; i < head; ++i)
        size = size << 8 | static_cast<unsigned char>(received[i]);
    }
    if (!wait_bytes(head + size))
      return std::nullopt;
    server_frame result{static_cast<unsigned>(received[0] & 0x0f), received.substr(head, size)};
    received.erase(0, head + size);
    return result;
  }

  std::string answer;
};

/// Sends back what it gets; `bye` closes with 4000 behind the echo.
class echo_session final : public ws_session {
 public:
  void on_open(ws_socket& socket) override { socket_ = &socket; }
  void on_text(std::string_view message) override {
    if (message == "throw")
      throw std::runtime_error("x");
    waiting_.push_back(share(std::string(message)));
    socket_->wake();
    if (message == "bye")
      socket_->close(4000, "draining");
  }
  bool take(text_pieces& out) override {
    if (waiting_.empty())
      return false;
    out.push_back(waiting_.front());
    waiting_.erase(waiting_.begin());
    return true;
  }
  void on_closed() override {}

 private:
  ws_socket* socket_ = nullptr;
  std::vector<shared_text> waiting_;
};

inline session_maker make_echo() {
  return [] { return std::make_unique<echo_session>(); };
}

}  // namespace callboard::net::testing
