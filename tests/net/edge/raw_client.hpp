#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::net::testing {

/// A blocking socket that sends any bytes and gives up waiting after five seconds.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~raw_client() { ::close(fd_); }
  raw_client(const raw_client&) = delete;

  bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  /// True if more bytes came; false: the peer closed, or nothing came in time.
  bool more(int wait_ms = 5000) {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, wait_ms) <= 0)
      return false;
    char buffer[65536];
    const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
    if (count <= 0)
      closed_ = true;
    else
      received.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
  }
  bool wait_for(std::string_view text) {
    while (received.find(text) == std::string::npos)
      if (!more())
        return false;
    return true;
  }
  bool wait_bytes(std::size_t count) {
    while (received.size() < count)
      if (!more())
        return false;
    return true;
  }
  /// Reads to the end; true if the peer closed in time.
  bool wait_closed() {
    while (more()) {
    }
    return closed_;
  }

  std::string received;

 private:
  int fd_;
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace callboard::net::testing
