#pragma once

#include "net/edge_connection.hpp"
#include "net/event_loop.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace callboard::net {

/// An io_context with its thread, its connections and its service. Made, started and stopped by one owner.
class edge_thread final : public event_loop {
 public:
  edge_thread(const edge_settings& settings, connection_quota& quota);
  ~edge_thread() override;

  edge_context& context() noexcept;
  const edge_counters& counters() const noexcept;

  void start();
  /// Closes all connections and ends the thread; the service stays until this object goes.
  void stop();
  /// Idle connections close, others after their answers. Any thread.
  void drain();
  /// Takes an accepted socket over. Any thread.
  void adopt(int socket, quota_place place);

  void post(std::function<void()> work) noexcept override;
  void after(std::chrono::milliseconds delay, std::function<void()> work) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace callboard::net
