#pragma once

#include "net/gather.hpp"
#include "net/http_message.hpp"

#include <memory>

namespace callboard::net {

/// The streamed body that a connection is sending: pulls it from its source and frames what comes. Loop thread only.
class body_stream {
 public:
  body_stream() = default;
  ~body_stream() { close(); }
  body_stream(const body_stream&) = delete;
  body_stream& operator=(const body_stream&) = delete;

  /// Takes a source over. Without `chunked` the bytes go out as they are, and the connection's end is theirs.
  void open(std::unique_ptr<body_source> source, body_sink& sink, bool chunked);
  explicit operator bool() const noexcept { return source_ != nullptr; }
  bool is_endless() const noexcept { return source_ && source_->is_endless(); }
  /// Adds the next piece to `out`, and behind the last one the mark of the end.
  body_part take(gather& out);
  /// The body is over, or given up.
  void close();

 private:
  std::unique_ptr<body_source> source_;
  bool chunked_ = true;
};

}  // namespace callboard::net
