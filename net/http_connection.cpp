#include "net/http_connection.hpp"

#include "net/http_connection_class.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
constexpr std::size_t input_bytes = 2 * 1024;  // what an idle connection holds
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

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
    if (ec != asio::error::eof || is_quiet() || body_.is_endless())
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
  slots_.push_back({{}, false, request.method == "HEAD", !keep, !may_upgrade, true});
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

// -- ending ---------------------------------------------------------------------------------------

void http_connection::tick(steady_time now) {
  const auto& limits = ctx_.settings;
  if (lingering_)
    return now > linger_until_ ? abort() : void();
  if ((writing_ && now > write_until_) || holds_too_much(now))
    return abort();
  if ((!slots_.empty() || upgrade_) && !writing_ && !body_ && now - answer_since_ > limits.answer_timeout)
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
  body_.close();
  count_body_out();
  const auto running = std::ranges::count_if(slots_, [](const slot& s) { return s.counted; });
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

void start_http_connection(edge_context& context, int socket, quota_place place) {
  auto connection = std::make_shared<http_connection>(context, socket, std::move(place));
  context.connections.add(connection);
  connection->start();
}

}  // namespace callboard::net
