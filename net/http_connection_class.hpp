#pragma once

#include "net/body_stream.hpp"
#include "net/byte_share.hpp"
#include "net/edge_connection.hpp"
#include "net/gather.hpp"
#include "net/strict_http.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::net {

/// One HTTP/1.x connection: reads requests (http_connection.cpp), answers them in order (http_answers.cpp).
class http_connection final : public edge_connection, public body_sink {
 public:
  http_connection(edge_context& context, int socket, quota_place place);
  ~http_connection() override { forget_slots(); }

  void start() { read_more(); }
  void tick(steady_time now) override;
  void drain() override;
  void abort() override;
  /// A streamed body has something to take.
  void wake() override { schedule_flush(); }

 private:
  using error_code = boost::system::error_code;
  struct slot {
    http_response response;
    bool ready = false;
    bool head_request = false;
    bool close = false;
    bool http_1_0 = false;
    bool counted = false;  ///< among the running requests
    std::size_t held = 0;  ///< of its body, as counted
  };

  std::shared_ptr<http_connection> self() {
    return std::static_pointer_cast<http_connection>(shared_from_this());
  }
  std::string_view input() const { return std::string_view(in_).substr(in_begin_, in_end_ - in_begin_); }
  bool takes_more() const;
  bool may_read() const;
  bool is_quiet() const { return slots_.empty() && !writing_ && !upgrade_ && !body_; }

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
  std::size_t write_ready_slots();
  void open_body(slot& from);
  bool pull_body();
  void count_body_out();
  void on_nothing_to_write();
  void write_out();
  void on_written(error_code ec);
  void start_upgrade();
  void on_verdict(upgrade_verdict&& verdict);
  void linger();
  void forget_slots();
  bool holds_too_much(steady_time now) const;
  void judge_input(steady_time now);

  edge_context& ctx_;
  boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type> socket_;
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
  body_stream body_;  // of the answer that is being sent; those behind it wait
  std::vector<boost::asio::const_buffer> buffers_;
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
  bool body_counted_ = false;  // among the running requests until its last byte is out
  bool upgrade_asked_ = false, lingering_ = false, closed_ = false;
};

}  // namespace callboard::net
