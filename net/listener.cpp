#include "net/listener.hpp"

#include "net/edge_thread.hpp"
#include "net/gather.hpp"
#include "net/http_writer.hpp"
#include "net/strict_http.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <charconv>
#include <optional>
#include <thread>
#include <vector>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct host_port {
  std::string host;
  std::string port;
};

std::optional<host_port> split(std::string_view listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = listen.substr(0, colon);
  const auto port = listen.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size() || number > 65535)
    return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  if (host == "*")
    host = {};
  return host_port{std::string(host), std::string(port)};
}

refusal cannot_listen(const std::string& listen, const std::string& port, const error_code& why) {
  std::string said = "cannot listen on " + listen + ": ";
  if (why == asio::error::address_in_use)
    said += "another program has this port (`ss -ltnp 'sport = :" + port +
      "'` names it); stop it, or set http.listen to another port (port 0 picks a free one)";
  else if (why == asio::error::access_denied)
    said += "ports below 1024 need the capability CAP_NET_BIND_SERVICE; grant it, or set http.listen to a higher port";
  else if (why == boost::system::errc::address_not_available)
    said += "this machine does not have that address; set http.listen to one of its own";
  else
    said += why.message() + "; set http.listen to an address and port of this machine";
  return refuse(problem_code::conflict, std::move(said));
}

template <class Done>
bool wait_for(Done&& done, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::string text_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

}  // namespace

std::string bound_address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

struct edge_server::impl {
  impl(edge_settings s, service_factory f)
      : settings(std::move(s)), factory(std::move(f)), quota(settings.connections) {}

  result<bound_address> listen();
  void accept();
  void on_accepted(error_code ec, tcp::socket socket);
  void turn_away(tcp::socket& socket);
  asio::io_context& io() { return threads.front()->context().io; }

  edge_settings settings;
  service_factory factory;
  connection_quota quota;
  std::vector<std::unique_ptr<edge_thread>> threads;
  std::optional<tcp::acceptor> acceptor;  // on the first thread's loop
  std::optional<bound_address> bound;
  std::size_t next = 0;
  std::atomic<std::uint64_t> turned_away{0};
};

result<bound_address> edge_server::impl::listen() {
  const auto where = split(settings.listen);
  if (!where)
    return refuse(problem_code::bad_request, "http.listen must be `host:port`, not `" + settings.listen + "`");
  error_code ec;
  tcp::resolver resolver(io());
  const auto flags = tcp::resolver::passive | tcp::resolver::numeric_service;
  const auto found = resolver.resolve(where->host, where->port, flags, ec);
  if (ec || found.empty())
    return refuse(problem_code::bad_request, "cannot resolve `" + where->host + "` of http.listen: " + ec.message());
  const auto endpoint = found.begin()->endpoint();
  auto& listening = acceptor.emplace(io());
  listening.open(endpoint.protocol(), ec);
  if (!ec)
    listening.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec)
    listening.bind(endpoint, ec);
  if (!ec)
    listening.listen(4096, ec);
  if (ec)
    return cannot_listen(settings.listen, where->port, ec);
  const auto bound = listening.local_endpoint(ec);
  return bound_address{bound.address().to_string(), bound.port()};
}

void edge_server::impl::accept() {
  acceptor->async_accept(io(), [this](error_code ec, tcp::socket socket) { on_accepted(ec, std::move(socket)); });
}

void edge_server::impl::on_accepted(error_code ec, tcp::socket socket) {
  if (!acceptor->is_open())
    return;
  if (ec) {  // Out of descriptors, most likely: connections wait in the backlog.
    threads.front()->after(std::chrono::milliseconds(100), [this] {
      if (acceptor->is_open())
        accept();
    });
    return;
  }
  accept();
  const auto peer = socket.remote_endpoint(ec);
  if (ec)
    return;
  auto ip = text_of(peer.address());
  if (!quota.take(ip))
    return turn_away(socket);
  quota_place place(quota, std::move(ip));
  const int descriptor = socket.release(ec);
  if (!ec)
    threads[next++ % threads.size()]->adopt(descriptor, std::move(place));
}

// Best effort, without waiting: a crowd must not cost us anything.
void edge_server::impl::turn_away(tcp::socket& socket) {
  turned_away.fetch_add(1, std::memory_order_relaxed);
  auto& context = threads.front()->context();
  auto answer = context.service->problem("overloaded", "there are too many connections");
  gather out;
  answer.body = {share(join(answer.body).substr(0, 1024))};
  write_answer(out, answer, {false, true, context.date.now()});
  std::string text;
  for (const auto part : out.seal())
    text += part;
  ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  error_code ec;
  socket.shutdown(tcp::socket::shutdown_send, ec);
}

edge_server::edge_server(edge_settings settings, service_factory factory)
    : impl_(std::make_unique<impl>(std::move(settings), std::move(factory))) {}

edge_server::~edge_server() { stop(); }

result<bound_address> edge_server::bind() {
  for (unsigned i = 0; i < std::max(1u, impl_->settings.threads); ++i)
    impl_->threads.push_back(std::make_unique<edge_thread>(impl_->settings, impl_->quota));
  auto bound = impl_->listen();
  if (bound) {
    impl_->bound = *bound;
  } else {
    impl_->acceptor.reset();
    impl_->threads.clear();
  }
  return bound;
}

result<bound_address> edge_server::start() {
  if (!impl_->bound)
    if (auto bound = bind(); !bound)
      return bound;
  for (auto& thread : impl_->threads)
    thread->context().service = impl_->factory(*thread);
  impl_->accept();
  for (auto& thread : impl_->threads)
    thread->start();
  return *impl_->bound;
}

void edge_server::stop_accepting() {
  if (impl_->threads.empty())
    return;
  impl_->threads.front()->post([impl = impl_.get()] {
    error_code ec;
    impl->acceptor->close(ec);
  });
}

void edge_server::drain() {
  stop_accepting();
  for (auto& thread : impl_->threads)
    thread->drain();
}

bool edge_server::wait_until_idle(std::chrono::milliseconds limit) {
  return wait_for([this] { return counts().running_requests == 0; }, limit);
}

bool edge_server::wait_until_sockets_closed(std::chrono::milliseconds limit) {
  return wait_for([this] { return counts().open_ws == 0; }, limit);
}

void edge_server::halt() {
  stop_accepting();
  for (auto& thread : impl_->threads)
    thread->stop();
}

void edge_server::stop() {
  halt();
  impl_->acceptor.reset();
  impl_->threads.clear();
}

edge_counts edge_server::counts() const {
  edge_counts sum;
  sum.refused_connections = impl_->turned_away;
  for (const auto& thread : impl_->threads) {
    const auto& one = thread->counters();
    sum.accepted += one.accepted;
    sum.requests += one.requests;
    sum.refused_requests += one.refused_requests;
    sum.upgrades += one.upgrades;
    sum.exceptions += one.exceptions;
    sum.open_http += one.open_http;
    sum.open_ws += one.open_ws;
    sum.running_requests += one.running_requests;
  }
  return sum;
}

}  // namespace callboard::net
