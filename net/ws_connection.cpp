#include "net/ws_connection.hpp"

#include "net/gather.hpp"
#include "net/ws_frame_meter.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <optional>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using socket_type = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::size_t linger_bytes_max = 256 * 1024;

// The layer under Beast: hands over early bytes first and lets the meter see what comes in.
class metered_socket {
 public:
  using executor_type = asio::io_context::executor_type;

  metered_socket(asio::io_context& io, const ws_limits& limits) : socket(io.get_executor()), meter(limits) {}
  executor_type get_executor() noexcept { return socket.get_executor(); }
  socket_type& next_layer() noexcept { return socket; }
  const socket_type& next_layer() const noexcept { return socket; }
  using next_layer_type = socket_type;

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (early.empty())
      return socket.async_read_some(buffers, read_op<Buffers, std::decay_t<Handler>>{this, buffers, std::move(handler)});
    const auto count = asio::buffer_copy(buffers, asio::buffer(early));
    early.erase(0, count);
    early.shrink_to_fit();
    asio::post(get_executor(), [op = read_op<Buffers, std::decay_t<Handler>>{this, buffers, std::move(handler)},
                                count]() mutable { op({}, count); });
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    socket.async_write_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers>
  error_code judge(const Buffers& buffers, std::size_t count) {
    const auto now = std::chrono::steady_clock::now();
    for (const asio::const_buffer part : beast::buffers_range_ref(buffers)) {
      const auto size = std::min(part.size(), count);
      verdict = meter.feed({static_cast<const unsigned char*>(part.data()), size}, now);
      count -= size;
    }
    return verdict == 0 ? error_code{} : make_error_code(boost::system::errc::protocol_error);
  }

  socket_type socket;
  ws_frame_meter meter;
  std::string early;
  std::uint16_t verdict = 0;   // the close code of a meter's violation
  bool tearing_down = false;   // Beast waits for the peer to hang up

 private:
  template <class Buffers, class Handler>
  struct read_op {
    using executor_type = asio::associated_executor_t<Handler, metered_socket::executor_type>;
    using allocator_type = asio::associated_allocator_t<Handler>;

    metered_socket* layer;
    Buffers buffers;
    Handler handler;

    executor_type get_executor() const noexcept {
      return asio::get_associated_executor(handler, layer->socket.get_executor());
    }
    allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler); }
    void operator()(error_code ec, std::size_t count) {
      if (!ec)
        ec = layer->judge(buffers, count);
      handler(ec, count);
    }
  };
};

template <class Handler>
void async_teardown(beast::role_type role, metered_socket& layer, Handler&& handler) {
  layer.tearing_down = true;
  websocket::async_teardown(role, layer.socket, std::forward<Handler>(handler));
}

// A view of buffers that async_write may copy freely.
struct buffer_range {
  const asio::const_buffer* first;
  const asio::const_buffer* last;
  const asio::const_buffer* begin() const { return first; }
  const asio::const_buffer* end() const { return last; }
};

// Beast 1.81 takes a text whose last frame is empty though its last character is cut off; it checks all else.
bool ends_within_character(std::string_view text) noexcept {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte >= 0xc0)
      return back < (byte >= 0xf0 ? 4u : byte >= 0xe0 ? 3u : 2u);
    if (byte < 0x80)
      return false;
  }
  return false;
}

class ws_connection final : public edge_connection, public ws_socket {
 public:
  ws_connection(edge_context& context, int socket, quota_place place, ws_start&& start);
  ~ws_connection() override = default;

  void accept();
  void tick(steady_time now) override;
  void drain() override {}
  void abort() override { finish(); }

  void wake() override;
  void close(std::uint16_t code, std::string reason) override;
  void set_reading(bool on) override;

 private:
  enum class stage : std::uint8_t { handshake, open, closing, failing, closed };

  std::shared_ptr<ws_connection> self() { return std::static_pointer_cast<ws_connection>(shared_from_this()); }
  template <class Call>
  bool guarded(Call call) noexcept;

  void on_accepted(error_code ec);
  void read();
  void on_read(error_code ec);
  void deliver();
  void on_control(websocket::frame_type kind);
  void pump();
  void write();
  void on_written(error_code ec);
  void ping();
  void start_close();
  void fail(std::uint16_t code);
  void write_raw_close();
  void swallow();
  void expect_end();
  void finish();

  edge_context& ctx_;
  quota_place place_;
  websocket::stream<metered_socket, false> ws_;
  std::unique_ptr<ws_session> session_;
  std::string key_, subprotocol_;
  beast::flat_buffer in_;
  gather out_;
  text_pieces pieces_;
  std::vector<asio::const_buffer> buffers_;
  std::string close_reason_;
  steady_time ping_at_, pong_until_{}, write_until_{}, end_at_;
  std::size_t swallowed_ = 0;
  std::uint16_t close_code_ = 0;
  stage stage_ = stage::handshake;
  bool may_read_ = true, reading_ = false, holding_ = false;  // holding_: a message waits in in_ for set_reading
  bool writing_ = false, pump_posted_ = false, pinging_ = false, waiting_pong_ = false, close_wanted_ = false;
  bool ending_ = false;  // Beast is closing by itself: the peer asked, or broke the protocol
};

ws_connection::ws_connection(edge_context& context, int socket, quota_place place, ws_start&& start)
    : ctx_(context),
      place_(std::move(place)),
      ws_(context.io, context.settings.ws),
      session_(std::move(start.session)),
      key_(std::move(start.key)),
      subprotocol_(std::move(start.subprotocol)),
      in_(context.settings.ws.message_bytes_max + 16),
      ping_at_(std::chrono::steady_clock::now() + context.settings.ws.ping_interval),
      end_at_(std::chrono::steady_clock::now() + context.settings.ws.handshake_timeout) {
  error_code ec;
  auto& layer = ws_.next_layer();
  layer.early = std::move(start.early);
  layer.socket.assign(asio::ip::tcp::v4(), socket, ec);
  ctx_.counters.open_ws.fetch_add(1, relaxed);
}

// A session's or the library's exception ends this socket, not the thread.
template <class Call>
bool ws_connection::guarded(Call call) noexcept {
  try {
    call();
    return true;
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
  }
  try {
    if (stage_ == stage::open && !close_wanted_)
      close(1011, "internal");
    else
      finish();
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
  }
  return false;
}

void ws_connection::accept() {
  ws_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
  ws_.set_option(websocket::stream_base::decorator([protocol = subprotocol_](websocket::response_type& response) {
    response.set(beast::http::field::server, "callboard");  // left out, Beast writes its name and version
    if (!protocol.empty())
      response.set(beast::http::field::sec_websocket_protocol, protocol);
  }));
  ws_.read_message_max(ctx_.settings.ws.message_bytes_max);
  ws_.auto_fragment(false);
  ws_.text(true);
  ws_.control_callback([this](websocket::frame_type kind, beast::string_view) { on_control(kind); });
  beast::http::request<beast::http::empty_body> request{beast::http::verb::get, "/", 11};
  request.set(beast::http::field::host, "h");
  request.set(beast::http::field::upgrade, "websocket");
  request.set(beast::http::field::connection, "upgrade");
  request.set(beast::http::field::sec_websocket_version, "13");
  request.set(beast::http::field::sec_websocket_key, key_);
  ws_.async_accept(request, [self = self()](error_code ec) { self->on_accepted(ec); });
}

void ws_connection::on_accepted(error_code ec) {
  if (stage_ != stage::handshake)
    return;
  std::string{}.swap(key_);
  std::string{}.swap(subprotocol_);
  ws_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
  if (ec)
    return finish();
  stage_ = stage::open;
  ctx_.counters.upgrades.fetch_add(1, relaxed);
  guarded([this] { session_->on_open(*this); });
  read();
  pump();
}

// -- input ----------------------------------------------------------------------------------------

void ws_connection::read() {
  if (stage_ != stage::open || close_wanted_ || !may_read_ || reading_ || holding_)
    return;
  reading_ = true;
  ws_.async_read(in_, [self = self()](error_code ec, std::size_t) { self->on_read(ec); });
}

void ws_connection::on_read(error_code ec) {
  reading_ = false;
  if (stage_ == stage::closed)
    return;
  if (ws_.next_layer().verdict != 0)
    return fail(ws_.next_layer().verdict);
  if (ec)
    return stage_ == stage::closing ? void() : finish();
  if (close_wanted_) {
    in_.consume(in_.size());
    return;
  }
  holding_ = true;
  if (may_read_)
    deliver();
  read();
}

void ws_connection::deliver() {
  holding_ = false;
  const std::string_view message(static_cast<const char*>(in_.data().data()), in_.size());
  if (ends_within_character(message))
    close(1007, "text must be UTF-8");
  else
    guarded([&] { session_->on_text(message); });
  in_.consume(in_.size());
  if (in_.capacity() > 4096)
    in_.shrink_to_fit();
}

void ws_connection::on_control(websocket::frame_type kind) {
  if (kind == websocket::frame_type::pong)
    waiting_pong_ = false;
  else if (kind == websocket::frame_type::close) {
    ending_ = true;
    expect_end();
  }
}

void ws_connection::set_reading(bool on) {
  if (may_read_ == on)
    return;
  may_read_ = on;
  if (!on)
    return;
  pong_until_ = std::chrono::steady_clock::now() + ctx_.settings.ws.pong_timeout;
  // Not from within the session's own call: on_text must not nest.
  asio::post(ctx_.io, [self = self()] {
    if (self->holding_ && self->may_read_ && self->stage_ == stage::open && !self->close_wanted_)
      self->deliver();
    self->read();
  });
}

// -- output ---------------------------------------------------------------------------------------

void ws_connection::wake() {
  if (pump_posted_ || writing_ || stage_ != stage::open)
    return;
  pump_posted_ = true;
  asio::post(ctx_.io, [self = self()] {
    self->pump_posted_ = false;
    self->pump();
  });
}

void ws_connection::pump() {
  if (stage_ == stage::failing && !writing_ && !pinging_)
    return write_raw_close();
  if (stage_ != stage::open || writing_ || pinging_)
    return;
  bool some = false;
  pieces_.clear();
  if (!guarded([&] { some = session_->take(pieces_); }) || stage_ != stage::open)
    return;
  if (some)
    return write();
  pieces_.clear();
  if (close_wanted_)
    start_close();
}

void ws_connection::write() {
  for (const auto& piece : pieces_)
    out_.piece(piece);
  pieces_.clear();
  buffers_.clear();
  for (const auto view : out_.seal())
    buffers_.emplace_back(view.data(), view.size());
  writing_ = true;
  write_until_ = std::chrono::steady_clock::now() + ctx_.settings.write_timeout;
  ws_.async_write(buffer_range{buffers_.data(), buffers_.data() + buffers_.size()},
                  [self = self()](error_code ec, std::size_t) { self->on_written(ec); });
}

void ws_connection::on_written(error_code ec) {
  writing_ = false;
  if (buffers_.size() > 16) {
    std::vector<asio::const_buffer>{}.swap(buffers_);
    text_pieces{}.swap(pieces_);
  }
  out_.release();
  if (stage_ == stage::closed || (ec && stage_ == stage::closing))
    return;
  if (ec && stage_ == stage::open && reading_ && ws_.next_layer().tearing_down)
    return;  // the read that is ending the socket reports it
  if (ec && stage_ == stage::open)
    return finish();
  if (close_wanted_)
    expect_end();  // it is moving
  pump();
}

void ws_connection::ping() {
  if (writing_ || pinging_ || stage_ != stage::open)
    return;  // a stuck write has its own deadline
  const auto now = std::chrono::steady_clock::now();
  if (!std::exchange(waiting_pong_, true))
    pong_until_ = now + ctx_.settings.ws.pong_timeout;
  pinging_ = true;
  write_until_ = now + ctx_.settings.write_timeout;
  ws_.async_ping({}, [self = self()](error_code) {
    self->pinging_ = false;
    self->pump();
  });
}

// -- ending ---------------------------------------------------------------------------------------

void ws_connection::close(std::uint16_t code, std::string reason) {
  if (close_wanted_ || stage_ == stage::closing || stage_ == stage::failing || stage_ == stage::closed)
    return;
  close_wanted_ = true;
  close_code_ = code;
  close_reason_ = std::move(reason);
  close_reason_.resize(std::min<std::size_t>(close_reason_.size(), 120));
  expect_end();
  wake();
}

void ws_connection::start_close() {
  stage_ = stage::closing;
  expect_end();
  const websocket::close_reason why(static_cast<websocket::close_code>(close_code_),
                                    beast::string_view(close_reason_.data(), close_reason_.size()));
  ws_.async_close(why, [self = self()](error_code) { self->finish(); });
}

void ws_connection::expect_end() { end_at_ = std::chrono::steady_clock::now() + ctx_.settings.ws.close_timeout; }

// Beast has ended its side without a close frame: the meter stopped it.
void ws_connection::fail(std::uint16_t code) {
  if (stage_ == stage::closing)
    return;
  stage_ = stage::failing;
  close_code_ = code;
  expect_end();
  pump();
}

void ws_connection::write_raw_close() {
  static constexpr std::array<std::string_view, 3> reasons{"malformed frame", "text only", "too many fragments or control frames"};
  const auto reason = reasons[close_code_ == 1002 ? 0 : close_code_ == 1003 ? 1 : 2];
  stage_ = stage::closing;
  close_reason_ = {'\x88', static_cast<char>(reason.size() + 2), static_cast<char>(close_code_ >> 8),
                   static_cast<char>(close_code_ & 0xff)};
  close_reason_ += reason;
  asio::async_write(ws_.next_layer().socket, asio::buffer(close_reason_),
                    [self = self()](error_code ec, std::size_t) mutable {
                      if (ec)
                        return self->finish();
                      self->ws_.next_layer().socket.shutdown(asio::socket_base::shutdown_send, ec);
                      self->in_.consume(self->in_.size());
                      self->swallow();
                    });
}

// A close with unread input resets the connection and may take the close frame with it.
void ws_connection::swallow() {
  if (stage_ == stage::closed)
    return;
  ws_.next_layer().socket.async_read_some(in_.prepare(4096), [self = self()](error_code ec, std::size_t count) {
    self->swallowed_ += count;
    return ec || self->swallowed_ > linger_bytes_max ? self->finish() : self->swallow();
  });
}

void ws_connection::tick(steady_time now) {
  const auto& limits = ctx_.settings.ws;
  if ((writing_ || pinging_) && now > write_until_)
    return finish();
  if (ws_.next_layer().tearing_down && !std::exchange(ending_, true))
    expect_end();
  if (stage_ != stage::open || ending_ || close_wanted_)
    return now > end_at_ ? finish() : void();
  if (waiting_pong_ && may_read_ && now > pong_until_) {
    waiting_pong_ = false;
    return close(4002, "no_pong");
  }
  if (now >= ping_at_) {
    ping_at_ = now + limits.ping_interval;
    ping();
  }
}

void ws_connection::finish() {
  if (stage_ == stage::closed)
    return;
  const bool opened = stage_ != stage::handshake;
  stage_ = stage::closed;
  error_code ec;
  ws_.next_layer().socket.close(ec);
  const auto keep = self();
  ctx_.connections.remove(*this);
  ctx_.counters.open_ws.fetch_sub(1, relaxed);
  if (opened)
    guarded([this] { session_->on_closed(); });
  // The session may be in the middle of a call that led here.
  asio::post(ctx_.io, [session = std::shared_ptr<ws_session>(std::move(session_)), keep] {});
}

}  // namespace

void start_ws_connection(edge_context& context, int socket, quota_place place, ws_start start) {
  auto connection = std::make_shared<ws_connection>(context, socket, std::move(place), std::move(start));
  context.connections.add(connection);
  connection->accept();
}

}  // namespace callboard::net
