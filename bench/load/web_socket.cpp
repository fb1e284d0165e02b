#include "bench/load/web_socket.hpp"

#include <poll.h>

#include <chrono>
#include <stdexcept>

namespace bench {

namespace {

void wait_readable(const connection& link) {
  pollfd one{link.fd(), POLLIN, 0};
  ::poll(&one, 1, 100);
}

constexpr std::chrono::seconds patience{10};

}  // namespace

web_socket::web_socket(std::uint16_t port, const std::string& path, const std::string& protocol,
                       const std::string& token)
    : link(port) {
  link.out = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port)
             + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
             + (protocol.empty() ? "" : "Sec-WebSocket-Protocol: " + protocol + "\r\n")
             + (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
  link.flush();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (link.unread().find("\r\n\r\n") == std::string_view::npos) {
    wait_readable(link);
    if (!link.fill() || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"no WebSocket handshake"};
  }
  if (link.unread().substr(9, 3) != "101")
    throw std::runtime_error{"upgrade refused: " + std::string{link.unread().substr(0, 300)}};
  link.consume(link.unread().find("\r\n\r\n") + 4);
}

void web_socket::frame(int opcode, std::string_view payload) {
  auto& out = link.out;
  out += static_cast<char>(0x80 | opcode);
  const auto size = payload.size();
  if (size < 126) {
    out += static_cast<char>(0x80 | size);
  } else if (size < 65'536) {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  } else {
    out += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(static_cast<std::uint64_t>(size) >> shift);
  }
  out.append(4, '\0');  // A mask of zeros leaves the payload as it is.
  out += payload;
}

void web_socket::send(std::string_view message, bool binary) { frame(binary ? 2 : 1, message); }

std::optional<std::string_view> web_socket::receive() {
  for (;;) {
    const auto data = link.unread();
    if (data.size() < 2)
      return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(data[i]); };
    std::uint64_t size = byte(1) & 0x7F;
    std::size_t head = 2;
    if (size >= 126) {
      const std::size_t wide = size == 126 ? 2 : 8;
      if (data.size() < 2 + wide)
        return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < wide; ++i)
        size = size << 8 | byte(2 + i);
      head += wide;
    }
    if (data.size() < head + size)
      return std::nullopt;
    const int opcode = byte(0) & 0x0F;
    const auto payload = data.substr(head, size);
    link.consume(head + size);
    if (opcode == 8)
      throw std::runtime_error{"closed: " + std::string{payload.size() > 2 ? payload.substr(2) : payload}};
    if (opcode == 9)
      frame(10, payload);
    else if (opcode != 10)
      return payload;
  }
}

void web_socket::wait_for(std::string_view word) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    link.flush();
    while (const auto message = receive())
      if (message->find(word) != std::string_view::npos)
        return;
    wait_readable(link);
    if (!link.fill() || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"no " + std::string{word} + " came"};
  }
}

std::size_t occurrences(std::string_view text, std::string_view word) {
  std::size_t n = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size()))
    ++n;
  return n;
}

}  // namespace bench
