#include "bench/load/connection.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace bench {

connection::connection(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const std::string why = std::strerror(errno);
    if (fd_ >= 0)
      ::close(fd_);
    throw std::runtime_error{"cannot connect to port " + std::to_string(port) + ": " + why};
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

connection::~connection() { ::close(fd_); }

bool connection::fill() {
  if (read_ > 0) {
    in.erase(0, read_);
    read_ = 0;
  }
  std::array<char, 65'536> room;
  for (;;) {
    const auto n = ::recv(fd_, room.data(), room.size(), 0);
    if (n > 0)
      in.append(room.data(), static_cast<std::size_t>(n));
    if (n == 0)
      return false;
    if (n < 0)
      return errno == EAGAIN || errno == EINTR;
    if (static_cast<std::size_t>(n) < room.size())
      return true;
  }
}

bool connection::flush() {
  while (sent_ < out.size()) {
    const auto n = ::send(fd_, out.data() + sent_, out.size() - sent_, MSG_NOSIGNAL);
    if (n < 0)
      return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::size_t>(n);
  }
  out.clear();
  sent_ = 0;
  return true;
}

void connection::consume(std::size_t bytes) { read_ += bytes; }

poller::poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {}
poller::~poller() { ::close(fd_); }

void poller::add(const connection& which, std::uint32_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = tag;
  ::epoll_ctl(fd_, EPOLL_CTL_ADD, which.fd(), &event);
}

void poller::want_write(const connection& which, std::uint32_t tag, bool on) {
  epoll_event event{};
  event.events = on ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u32 = tag;
  ::epoll_ctl(fd_, EPOLL_CTL_MOD, which.fd(), &event);
}

void poller::wait(int timeout_ms, const std::function<void(std::uint32_t)>& ready) {
  std::array<epoll_event, 512> events;
  const int n = ::epoll_wait(fd_, events.data(), events.size(), timeout_ms);
  for (int i = 0; i < n; ++i)
    ready(events[static_cast<std::size_t>(i)].data.u32);
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bench
