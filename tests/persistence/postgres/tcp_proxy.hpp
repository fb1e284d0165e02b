#pragma once

#include <atomic>
#include <memory>
#include <thread>

namespace callboard::test {

/// Passes connections on to a local port, and can fail the way networks do.
class tcp_proxy {
 public:
  explicit tcp_proxy(int target_port);
  ~tcp_proxy();

  int port() const noexcept { return port_; }
  /// From the next byte of the client on: pass its bytes, but cut the link instead of passing the answer.
  void lose_next_answer() noexcept { lose_answer_ = true; }
  /// From the next byte of the client on: swallow it and cut the link.
  void lose_next_request() noexcept { lose_request_ = true; }
  /// Links that were cut on purpose.
  int cuts() const noexcept { return cuts_; }

 private:
  void run();
  void serve(int client);

  const int target_port_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stopping_{false}, lose_answer_{false}, lose_request_{false};
  std::atomic<int> cuts_{0};
  std::thread thread_;
};

}  // namespace callboard::test
