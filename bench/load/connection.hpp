#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// A TCP connection with its two buffers; closes itself.
class connection {
 public:
  /// Connects to a port of this machine; throws std::runtime_error.
  explicit connection(std::uint16_t port);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  int fd() const { return fd_; }
  /// Reads what is there into `in`; false when the peer has gone.
  bool fill();
  /// Writes what `out` holds, as far as it goes; false when the peer has gone.
  bool flush();
  bool wants_write() const { return sent_ < out.size(); }

  /// Forgets the first `bytes` of `in`.
  void consume(std::size_t bytes);
  std::string_view unread() const { return std::string_view{in}.substr(read_); }

  std::string in, out;

 private:
  int fd_ = -1;
  std::size_t read_ = 0, sent_ = 0;
};

/// Waits on many connections with one epoll; `tag` is what the caller knows them by.
class poller {
 public:
  poller();
  ~poller();
  void add(const connection& which, std::uint32_t tag);
  /// Also wakes when the connection can be written, or no longer.
  void want_write(const connection& which, std::uint32_t tag, bool on);
  /// Calls `ready(tag)` for each connection with news; waits at most `timeout_ms`.
  void wait(int timeout_ms, const std::function<void(std::uint32_t)>& ready);

 private:
  int fd_;
};

/// As many descriptors as the system allows.
void raise_descriptor_limit();

}  // namespace bench
