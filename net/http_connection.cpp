#include "net/http_connection.hpp"

#include "net/byte_share.hpp"
#include "net/gather.hpp"
#include "net/strict_http.hpp"
#include "net/ws_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <optional>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using socket_type = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

constexpr std::size_t input_bytes = 2 * 1024;  // what an idle connection holds
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr std::chrono::seconds linger_time{2};
constexpr auto relaxed = std::memory_order_relaxed;

// A view of buffers that async_write may copy freely.
struct buffer_range {
  const asio::const_buffer* first;
  const asio::const_buffer* last;
  const asio::const_buffer* begin() const { return first; }
  const asio::const_buffer* end() const { return last; }
};

class http_connection final : public edge_connection {
 public:
  http_connection(edge_context& context, int socket, quota_place place);
  ~http_connection() override { forget_slots(); }

  void start() { read_more(); }
  void tick(steady_time now) override;
  void drain() override;
  void abort() override;

 private:
  struct slot {
    http_response response;
    bool ready = false;
    bool head_request = false;
    bool close = false;
    std::size_t held = 0;  // of its body, as counted
  };

  std::shared_ptr<http_connection> self() {
    return std::static_pointer_cast<http_connection>(shared_from_this());
  }
  std::string_view input() const { return std::string_view(in_).substr(in_begin_, in_end_ - in_begin_); }
  bool takes_more() const;
  bool may_read() const;
  bool is_quiet() const { return slots_.empty() && !writing_ && !upgrade_; }

  void read_more();
  void make_room();
  void on_read(error_code ec, std::size_t count);
  void process();
  bool step();
  void dispatch();
  void answer(std::uint64_t number, http_response&& response);
  void refuse(std::string_view code, std::string_view detail);
  http_response problem(std::string_view code, std::string_view detail);
  void schedule_flush();
  void flush();
  void on_written(error_code ec);
  void start_upgrade();
  void on_verdict(upgrade_verdict&& verdict);
  void linger();
  void forget_slots();
  bool holds_too_much(steady_time now) const;
  void judge_input(steady_time now);

  edge_context& ctx_;
  socket_type socket_;
  std::optional<quota_place> place_;
  request_parser parser_;

  std::string in_;
  std::size_t in_begin_ = 0, in_end_ = 0;
  std::size_t body_bytes_ = 0;    // of the body that is arriving, as received
  std::size_t linger_bytes_ = 0;  // thrown away after the last answer
  byte_share arriving_{ctx_.arriving_bytes};  // the request that is not complete
  byte_share unsent_{ctx_.unsent_bytes};      // answers' bodies that the client has not taken
  std::size_t writing_bytes_ = 0;             // of these, the ones being written
  gather out_;
  std::vector<asio::const_buffer> buffers_;
  std::vector<slot> slots_;  // requests in order; the front is answered first
  std::uint64_t first_ = 0;  // number of slots_.front()
  std::unique_ptr<http_request> upgrade_;
  std::string ws_key_;

  steady_time stage_since_;   // of the head, the body or the idle time
  steady_time answer_since_;  // the oldest answer is waited for since then
  steady_time write_until_{}, linger_until_{};
  bool fresh_ = true;  // nothing has been answered yet
  bool reading_ = false, writing_ = false, processing_ = false, flush_posted_ = false;
  bool stop_reading_ = false, eof_ = false, close_after_write_ = false;
  bool upgrade_asked_ = false, lingering_ = false, closed_ = false;
};

http_connection::http_connection(edge_context& context, int socket, quota_place place)
    : ctx_(context),
      socket_(context.io.get_executor()),
      place_(std::move(place)),
      parser_(context.settings.http),
      stage_since_(std::chrono::steady_clock::now()),
      answer_since_(stage_since_) {
  error_code ec;
  socket_.assign(asio::ip::tcp::v4(), socket, ec);
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  ctx_.counters.open_http.fetch_add(1, relaxed);
}

// -- reading --------------------------------------------------------------------------------------

// Whoever pipelines and does not take the answers is answered no further.
bool http_connection::takes_more() const {
  return slots_.size() < ctx_.settings.pipelined_max && unsent_.size() <= ctx_.settings.unsent_pipelined_max;
}

bool http_connection::may_read() const {
  return !reading_ && !stop_reading_ && !closed_ && !upgrade_ && takes_more();
}

// Keeps the buffer small while nothing comes, and whole heads contiguous.
void http_connection::make_room() {
  if (in_begin_ == in_end_)
    in_begin_ = in_end_ = 0;
  const bool body = parser_.state() == request_parser::phase::body;
  if (in_end_ == 0 && !body && in_.size() > input_bytes)
    std::string{}.swap(in_);
  if (in_begin_ > 0 && in_end_ == in_.size()) {
    in_.erase(0, in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (body || (in_end_ > 0 && in_end_ == in_.size()))
    in_.resize(std::max(in_.size(), ctx_.settings.http.head_bytes_max + 1024));
  else if (in_.size() < input_bytes)
    in_.resize(input_bytes);
}

void http_connection::read_more() {
  if (!may_read() && !(lingering_ && !reading_ && !closed_))
    return;
  make_room();
  reading_ = true;
  socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                          [self = self()](error_code ec, std::size_t count) { self->on_read(ec, count); });
}

void http_connection::on_read(error_code ec, std::size_t count) {
  reading_ = false;
  if (closed_)
    return;
  if (lingering_) {
    linger_bytes_ += count;
    return ec || linger_bytes_ > linger_bytes_max ? abort() : read_more();
  }
  if (ec) {
    eof_ = stop_reading_ = true;
    if (ec != asio::error::eof || is_quiet())
      abort();
    return;
  }
  if (stop_reading_)
    return;
  if (in_begin_ == in_end_ && parser_.state() == request_parser::phase::head)
    stage_since_ = std::chrono::steady_clock::now();
  in_end_ += count;
  process();
}

void http_connection::process() {
  processing_ = true;
  while (!closed_ && !stop_reading_ && !upgrade_ && takes_more() && step()) {
  }
  processing_ = false;
  flush();
  read_more();
}

// Feeds the parser once; true: a request was complete and there may be more.
bool http_connection::step() {
  if (in_begin_ == in_end_)
    return false;
  const bool in_head = parser_.state() == request_parser::phase::head;
  const auto used = parser_.feed(input());
  in_begin_ += used;
  if (parser_.state() == request_parser::phase::body)
    arriving_.add(used);
  else
    arriving_.clear();
  if (parser_.state() == request_parser::phase::failed) {
    refuse(parser_.fault().code, parser_.fault().detail);
    return false;
  }
  if (parser_.state() == request_parser::phase::complete) {
    dispatch();
    return true;
  }
  if (parser_.state() != request_parser::phase::body)
    return false;
  if (in_head) {
    stage_since_ = std::chrono::steady_clock::now();
    body_bytes_ = 0;
  } else {
    body_bytes_ += used;
  }
  if (arriving_.size() > ctx_.settings.arriving_small && ctx_.arriving_bytes > ctx_.settings.arriving_bytes_max) {
    refuse("overloaded", "too many large bodies are arriving; send this one again later");
    return false;
  }
  if (in_head && parser_.expects_continue() && in_begin_ == in_end_)
    slots_.push_back({{100, {}, {}, false}, true, false, false});
  return false;
}

void http_connection::dispatch() {
  const bool keep = parser_.keep_alive();
  const bool may_upgrade = !parser_.is_http_1_0();
  auto request = parser_.take();
  stage_since_ = std::chrono::steady_clock::now();
  request.remote_ip = place_->ip();
  stop_reading_ = !keep;
  if (may_upgrade && is_ws_handshake(request)) {
    stop_reading_ = false;  // `Connection: close, upgrade` means nothing
    ws_key_ = request.header("sec-websocket-key");
    upgrade_ = std::make_unique<http_request>(std::move(request));
    return;
  }
  if (slots_.empty())
    answer_since_ = stage_since_;
  slots_.push_back({{}, false, request.method == "HEAD", !keep});
  const auto number = first_ + slots_.size() - 1;
  ctx_.counters.requests.fetch_add(1, relaxed);
  ctx_.counters.running_requests.fetch_add(1, relaxed);
  try {
    ctx_.service->handle(std::move(request), [to = std::weak_ptr(self()), number](http_response&& response) {
      if (const auto self = to.lock())
        self->answer(number, std::move(response));
    });
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
    answer(number, problem("internal", "the server met an unexpected condition"));
  }
}

// -- answering ------------------------------------------------------------------------------------

http_response http_connection::problem(std::string_view code, std::string_view detail) {
  try {
    return ctx_.service->problem(code, detail);
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
    return {500, {}, {}, true};
  }
}

void http_connection::answer(std::uint64_t number, http_response&& response) {
  if (closed_ || number < first_ || number - first_ >= slots_.size() || slots_[number - first_].ready)
    return;
  auto& slot = slots_[number - first_];
  slot.response = std::move(response);
  slot.ready = true;
  slot.held = size_of(slot.response.body);
  unsent_.add(slot.held);
  ctx_.counters.running_requests.fetch_sub(1, relaxed);
  if (!processing_)
    schedule_flush();
}

void http_connection::refuse(std::string_view code, std::string_view detail) {
  ctx_.counters.refused_requests.fetch_add(1, relaxed);
  stop_reading_ = true;
  parser_.take();  // what has come of the body makes room
  arriving_.clear();
  slots_.push_back({problem(code, detail), true, false, true});
  if (!processing_)
    flush();
}

// Answers of one batch of replies leave in one write.
void http_connection::schedule_flush() {
  if (flush_posted_ || writing_)
    return;
  flush_posted_ = true;
  asio::post(ctx_.io, [self = self()] {
    self->flush_posted_ = false;
    self->flush();
  });
}

void http_connection::flush() {
  if (writing_ || closed_ || lingering_)
    return;
  std::size_t count = 0;
  while (count < slots_.size() && slots_[count].ready && !close_after_write_) {
    const auto& slot = slots_[count++];
    writing_bytes_ += slot.held;
    const bool last = count == slots_.size() && !upgrade_;
    close_after_write_ = slot.close || slot.response.close ||
      (last && slot.response.status != 100 && (eof_ || ctx_.draining));
    write_answer(out_, slot.response, {slot.head_request, close_after_write_, ctx_.date.now()});
  }
  if (count == 0)
    return upgrade_ && slots_.empty() ? start_upgrade() : void();
  buffers_.clear();
  for (const auto view : out_.seal())
    buffers_.emplace_back(view.data(), view.size());
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(count));
  first_ += count;
  const auto now = answer_since_ = std::chrono::steady_clock::now();
  const auto bytes = asio::buffer_size(buffers_);
  write_until_ = now + ctx_.settings.write_timeout + std::chrono::seconds(bytes / ctx_.settings.write_rate_min);
  writing_ = true;
  asio::async_write(socket_, buffer_range{buffers_.data(), buffers_.data() + buffers_.size()},
                    [self = self()](error_code ec, std::size_t) { self->on_written(ec); });
}

void http_connection::on_written(error_code ec) {
  writing_ = false;
  out_.clear();
  unsent_.drop(std::exchange(writing_bytes_, 0));
  fresh_ = false;
  if (closed_)
    return;
  if (ec)
    return abort();
  if (close_after_write_)
    return linger();
  if (slots_.empty() && in_begin_ == in_end_ && parser_.state() == request_parser::phase::head)
    stage_since_ = std::chrono::steady_clock::now();
  if (is_quiet() && eof_)
    return abort();
  process();
}

// A close with unread input resets the connection and may take the answer with it: read on for a while.
void http_connection::linger() {
  error_code ec;
  socket_.shutdown(asio::socket_base::shutdown_send, ec);
  if (eof_ || ec)
    return abort();
  lingering_ = true;
  linger_until_ = std::chrono::steady_clock::now() + linger_time;
  in_begin_ = in_end_ = 0;
  if (!reading_)
    read_more();
}

// -- upgrade --------------------------------------------------------------------------------------

void http_connection::start_upgrade() {
  if (std::exchange(upgrade_asked_, true))
    return;
  answer_since_ = std::chrono::steady_clock::now();
  ctx_.counters.requests.fetch_add(1, relaxed);
  try {
    ctx_.service->upgrade(std::move(*upgrade_), [to = std::weak_ptr(self())](upgrade_verdict&& verdict) {
      if (const auto self = to.lock())
        self->on_verdict(std::move(verdict));
    });
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
    upgrade_verdict verdict;
    verdict.refusal = problem("internal", "the server met an unexpected condition");
    on_verdict(std::move(verdict));
  }
}

void http_connection::on_verdict(upgrade_verdict&& verdict) {
  if (closed_ || !upgrade_)
    return;
  upgrade_.reset();
  upgrade_asked_ = false;
  if (!verdict.session) {
    slots_.push_back({std::move(verdict.refusal), true, false, false});
    return schedule_flush();
  }
  error_code ec;
  const int socket = socket_.release(ec);
  closed_ = true;
  ctx_.counters.open_http.fetch_sub(1, relaxed);
  ctx_.connections.remove(*this);
  if (!ec)
    start_ws_connection(ctx_, socket, std::move(*place_),
                        {ws_key_, std::move(verdict.subprotocol), std::string(input()), std::move(verdict.session)});
}

// -- ending ---------------------------------------------------------------------------------------

void http_connection::tick(steady_time now) {
  const auto& limits = ctx_.settings;
  if (lingering_)
    return now > linger_until_ ? abort() : void();
  if ((writing_ && now > write_until_) || holds_too_much(now))
    return abort();
  if ((!slots_.empty() || upgrade_) && !writing_ && now - answer_since_ > limits.answer_timeout)
    return abort();
  if (!stop_reading_ && !upgrade_ && takes_more())
    judge_input(now);
}

void http_connection::judge_input(steady_time now) {
  const auto& limits = ctx_.settings;
  const auto waited = now - stage_since_;
  if (parser_.state() == request_parser::phase::body) {
    const auto seconds = std::chrono::duration<double>(waited).count();
    const bool slow = waited > limits.body_grace &&
      static_cast<double>(body_bytes_) < seconds * static_cast<double>(limits.body_rate_min);
    if (slow || waited > limits.body_timeout)
      refuse("timeout", "the body took too long to arrive");
  } else if (in_begin_ != in_end_) {
    if (waited > limits.header_timeout)
      refuse("timeout", "the header section took too long to arrive");
  } else if (is_quiet() && waited > (fresh_ ? limits.header_timeout : limits.idle_timeout)) {
    abort();
  }
}

void http_connection::drain() {
  if (is_quiet() && in_begin_ == in_end_ && parser_.state() == request_parser::phase::head && !lingering_)
    abort();
}

// Slow readers of large answers are waited for while there is memory; beyond it they make room.
bool http_connection::holds_too_much(steady_time now) const {
  const auto& limits = ctx_.settings;
  return unsent_.size() > limits.unsent_small && ctx_.unsent_bytes > limits.unsent_bytes_max &&
    now - answer_since_ > limits.unsent_patience;
}

void http_connection::forget_slots() {
  const auto running = std::ranges::count_if(slots_, [](const slot& s) { return !s.ready; });
  ctx_.counters.running_requests.fetch_sub(static_cast<std::size_t>(running), relaxed);
  slots_.clear();
  unsent_.clear();
  writing_bytes_ = 0;
  arriving_.clear();
}

void http_connection::abort() {
  if (std::exchange(closed_, true))
    return;
  forget_slots();
  upgrade_.reset();
  place_.reset();
  ctx_.counters.open_http.fetch_sub(1, relaxed);
  error_code ec;
  socket_.close(ec);  // last: whoever sees the end sees the counts too
  ctx_.connections.remove(*this);
}

}  // namespace

void start_http_connection(edge_context& context, int socket, quota_place place) {
  auto connection = std::make_shared<http_connection>(context, socket, std::move(place));
  context.connections.add(connection);
  connection->start();
}

}  // namespace callboard::net
