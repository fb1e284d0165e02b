#pragma once

#include "actors/base/timestamp.hpp"
#include "net/edge_settings.hpp"
#include "net/event_loop.hpp"
#include "net/http_message.hpp"
#include "net/http_writer.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace callboard::net {

/// One accepted socket. Loop thread only.
class edge_connection : public std::enable_shared_from_this<edge_connection> {
 public:
  virtual ~edge_connection() = default;
  /// Called by the thread's one coarse timer: deadlines are judged here.
  virtual void tick(steady_time now) = 0;
  /// Idle connections close now, others after the answers they wait for.
  virtual void drain() = 0;
  /// Closes at once.
  virtual void abort() = 0;

 private:
  friend class connection_table;
  std::size_t place_ = 0;
};

/// The open connections of one edge thread; keeps them alive.
class connection_table {
 public:
  void add(std::shared_ptr<edge_connection> connection);
  void remove(const edge_connection& connection);
  std::size_t size() const noexcept { return connections_.size(); }
  /// Calls `visit` for all; they may remove themselves meanwhile.
  template <class Visit>
  void each(Visit visit) {
    for (std::size_t i = connections_.size(); i > 0; --i)
      if (i <= connections_.size())
        visit(*std::shared_ptr<edge_connection>(connections_[i - 1]));
  }

 private:
  std::vector<std::shared_ptr<edge_connection>> connections_;
};

/// Counts open connections, in all and by address. Any thread.
class connection_quota {
 public:
  explicit connection_quota(std::size_t connections_max) : max_(connections_max) {}
  /// Takes a place; false: none is left for this address.
  bool take(const std::string& ip);
  void give_back(const std::string& ip);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> by_ip_;
  std::size_t total_ = 0;
  const std::size_t max_;
};

/// Counters of one edge thread; written by it, read by any.
struct edge_counters {
  std::atomic<std::uint64_t> accepted{0}, refused_connections{0}, requests{0}, refused_requests{0}, upgrades{0},
    exceptions{0};
  std::atomic<std::size_t> open_http{0}, open_ws{0}, running_requests{0};
};

/// What a connection needs of its thread; outlives it.
struct edge_context {
  const edge_settings& settings;
  boost::asio::io_context& io;
  event_loop& loop;
  connection_quota& quota;
  connection_table connections{};
  edge_counters counters{};
  date_cache date{};
  std::unique_ptr<http_service> service{};
  std::size_t arriving_bytes = 0;  ///< of requests that are not complete; loop thread only
  std::size_t unsent_bytes = 0;  ///< of answers that clients have not taken; loop thread only
  bool draining = false;  ///< loop thread only
};

/// A place in the quota, given back with it.
class quota_place {
 public:
  quota_place(connection_quota& quota, std::string ip) : quota_(&quota), ip_(std::move(ip)) {}
  quota_place(quota_place&& other) noexcept : quota_(std::exchange(other.quota_, nullptr)), ip_(std::move(other.ip_)) {}
  quota_place& operator=(quota_place&&) = delete;
  ~quota_place() {
    if (quota_)
      quota_->give_back(ip_);
  }
  const std::string& ip() const noexcept { return ip_; }

 private:
  connection_quota* quota_;
  std::string ip_;
};

}  // namespace callboard::net
