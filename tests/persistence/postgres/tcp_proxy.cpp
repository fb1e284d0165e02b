#include "tests/persistence/postgres/tcp_proxy.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace callboard::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool pass(int from, int to) {
  char bytes[65536];
  const auto got = ::read(from, bytes, sizeof bytes);
  for (ssize_t sent = 0; sent < got;) {
    const auto n = ::send(to, bytes + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    sent += n;
  }
  return got > 0;
}

bool readable(int fd, int wait_ms) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, wait_ms) > 0;
}

}  // namespace

tcp_proxy::tcp_proxy(int target_port) : target_port_(target_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 16);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

tcp_proxy::~tcp_proxy() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void tcp_proxy::run() {
  std::vector<std::thread> links;
  while (!stopping_)
    if (readable(listener_, 20))
      links.emplace_back([this, client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)] { serve(client); });
  for (auto& link : links)
    link.join();
}

void tcp_proxy::serve(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(target_port_);
  bool open = ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  bool cut_at_answer = false;
  while (open && !stopping_) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, 20) <= 0)
      continue;
    if (both[1].revents) {
      if (cut_at_answer)
        break;
      open = pass(server, client);
    }
    if (open && both[0].revents) {
      if (lose_request_.exchange(false)) {
        ++cuts_;
        break;
      }
      if (lose_answer_.exchange(false)) {
        ++cuts_;
        cut_at_answer = true;
      }
      open = pass(client, server);
    }
  }
  ::close(client);
  ::close(server);
}

}  // namespace callboard::test
