#pragma once

#include "net/gather.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <string_view>

namespace callboard::net {

/// How one answer is to be framed.
struct answer_framing {
  bool head_request = false;  ///< headers as for GET, no body
  bool close = false;         ///< announce the end of the connection
  std::string_view date;      ///< IMF-fixdate
  bool http_1_0 = false;      ///< a streamed body ends with the connection, as there are no chunks
};

/// Appends an answer to `out`. Framing headers are written here alone: such headers of the response, and any with a
/// line break or NUL in them, are left out.
void write_answer(gather& out, const http_response& response, const answer_framing& framing);

/// The bytes before a chunk of `size`, and the end of a chunked body. After each chunk comes a line break.
std::string chunk_head(std::size_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// `Sun, 06 Nov 1994 08:49:37 GMT`, computed once a second. One an edge thread.
class date_cache {
 public:
  std::string_view now();

 private:
  std::chrono::sys_seconds at_{};
  char text_[30] = {};
};

}  // namespace callboard::net
