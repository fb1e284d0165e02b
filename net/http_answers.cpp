#include "net/http_connection_class.hpp"

#include "net/http_writer.hpp"
#include "net/ws_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace callboard::net {
namespace {

namespace asio = boost::asio;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::chrono::seconds linger_time{2};

// A view of buffers that async_write may copy freely.
struct buffer_range {
  const asio::const_buffer* first;
  const asio::const_buffer* last;
  const asio::const_buffer* begin() const { return first; }
  const asio::const_buffer* end() const { return last; }
};

}  // namespace

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
  if (!slot.response.source) {
    slot.counted = false;
    ctx_.counters.running_requests.fetch_sub(1, relaxed);
  }
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
  const bool streaming = static_cast<bool>(body_);
  const auto count = streaming ? 0 : write_ready_slots();
  if (body_ && ((eof_ && body_.is_endless()) || !pull_body()))
    return abort();
  if (out_.empty())
    return on_nothing_to_write();
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(count));
  first_ += count;
  write_out();
}

// Adds the answers that may go now; a streamed one holds those behind it back.
std::size_t http_connection::write_ready_slots() {
  std::size_t count = 0;
  while (count < slots_.size() && slots_[count].ready && !close_after_write_ && !body_) {
    auto& slot = slots_[count++];
    writing_bytes_ += slot.held;
    const bool last = count == slots_.size() && !upgrade_;
    const bool close = slot.close || slot.response.close ||
      (last && slot.response.status != 100 && (eof_ || ctx_.draining)) || (slot.http_1_0 && slot.response.source);
    write_answer(out_, slot.response, {slot.head_request, close, ctx_.date.now(), slot.http_1_0});
    close_after_write_ = close;
    if (slot.response.source)
      open_body(slot);
  }
  return count;
}

void http_connection::open_body(slot& from) {
  auto source = std::move(from.response.source);
  if (!std::exchange(from.counted, false))
    ctx_.counters.running_requests.fetch_add(1, relaxed);
  if (from.head_request) {
    ctx_.counters.running_requests.fetch_sub(1, relaxed);
    return;
  }
  body_counted_ = true;
  body_.open(std::move(source), *this, !from.http_1_0);
}

// Adds what the body has ready; false: it broke.
bool http_connection::pull_body() {
  auto part = body_part::broken;
  try {
    part = body_.take(out_);
  } catch (...) {
    ctx_.counters.exceptions.fetch_add(1, relaxed);
  }
  if (part == body_part::last) {
    body_.close();
    close_after_write_ = close_after_write_ || ctx_.draining;
  }
  return part != body_part::broken;
}

void http_connection::count_body_out() {
  if (!body_ && std::exchange(body_counted_, false))
    ctx_.counters.running_requests.fetch_sub(1, relaxed);
}

void http_connection::on_nothing_to_write() {
  count_body_out();
  if (close_after_write_ && !body_)
    return linger();
  if (upgrade_ && slots_.empty() && !body_)
    start_upgrade();
}

void http_connection::write_out() {
  buffers_.clear();
  for (const auto view : out_.seal())
    buffers_.emplace_back(view.data(), view.size());
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
  count_body_out();
  if (ec)
    return abort();
  if (close_after_write_ && !body_)
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

}  // namespace callboard::net
