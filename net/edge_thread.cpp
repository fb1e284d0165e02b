#include "net/edge_thread.hpp"

#include "actors/base/this_thread.hpp"
#include "net/http_connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
using timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

// Deadlines are judged this often: late by a quarter of the shortest at most.
std::chrono::milliseconds tick_of(const edge_settings& s) {
  const auto shortest =
    std::min({s.header_timeout, s.body_timeout, s.body_grace, s.idle_timeout, s.write_timeout, s.answer_timeout,
              s.ws.ping_interval, s.ws.pong_timeout, s.ws.close_timeout, s.ws.handshake_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

// Closes a socket that never reached its connection.
struct owned_socket {
  explicit owned_socket(int descriptor) : fd(descriptor) {}
  owned_socket(owned_socket&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  ~owned_socket() {
    if (fd >= 0)
      ::close(fd);
  }
  int fd;
};

}  // namespace

struct edge_thread::impl {
  impl(edge_thread& owner, const edge_settings& settings, connection_quota& quota)
      : context{settings, io, owner, quota}, ticker(io), tick(tick_of(settings)) {}

  void run();
  void arm();
  void finish_handlers();

  edge_context context;  // outlives the handlers that io still holds
  asio::io_context io{1};
  timer ticker;
  std::chrono::milliseconds tick;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::thread thread;
};

void edge_thread::impl::run() {
  name_this_thread("edge");
  arm();
  while (!io.stopped()) {
    try {
      io.run();
    } catch (...) {  // A handler's exception ends run(), not the thread.
      context.counters.exceptions.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void edge_thread::impl::arm() {
  ticker.expires_after(tick);
  ticker.async_wait([this](boost::system::error_code ec) {
    if (ec)
      return;
    arm();
    const auto now = std::chrono::steady_clock::now();
    context.connections.each([now](edge_connection& connection) { connection.tick(now); });
  });
}

// Cancelled operations still hold connections and sessions, which must go before the service.
void edge_thread::impl::finish_handlers() {
  ticker.cancel();
  io.restart();
  for (int handlers = 0; handlers < 1'000'000; ++handlers) {
    try {
      context.connections.each([](edge_connection& connection) { connection.abort(); });
      if (io.poll_one() == 0)
        return;
    } catch (...) {
      context.counters.exceptions.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

edge_thread::edge_thread(const edge_settings& settings, connection_quota& quota)
    : impl_(std::make_unique<impl>(*this, settings, quota)) {}

edge_thread::~edge_thread() {
  stop();
  impl_->context.service.reset();  // while the io_context that its pending answers need is alive
}

edge_context& edge_thread::context() noexcept { return impl_->context; }
const edge_counters& edge_thread::counters() const noexcept { return impl_->context.counters; }

void edge_thread::start() {
  impl_->work.emplace(impl_->io.get_executor());
  impl_->thread = std::thread([this] { impl_->run(); });
}

void edge_thread::stop() {
  if (!impl_->thread.joinable())
    return;
  post([this] {
    impl_->context.connections.each([](edge_connection& connection) { connection.abort(); });
    impl_->io.stop();
  });
  impl_->thread.join();
  impl_->work.reset();
  impl_->finish_handlers();
}

void edge_thread::drain() {
  post([this] {
    impl_->context.draining = true;
    impl_->context.connections.each([](edge_connection& connection) { connection.drain(); });
  });
}

void edge_thread::adopt(int socket, quota_place place) {
  asio::post(impl_->io, [this, socket = owned_socket(socket), place = std::move(place)]() mutable {
    impl_->context.counters.accepted.fetch_add(1, std::memory_order_relaxed);
    start_http_connection(impl_->context, std::exchange(socket.fd, -1), std::move(place));
  });
}

void edge_thread::post(std::function<void()> work) noexcept { asio::post(impl_->io, std::move(work)); }

void edge_thread::after(std::chrono::milliseconds delay, std::function<void()> work) {
  auto once = std::make_shared<timer>(impl_->io, delay);
  once->async_wait([once, work = std::move(work)](boost::system::error_code ec) {
    if (!ec)
      work();
  });
}

}  // namespace callboard::net
