#include "net/http_chunks.hpp"

#include "net/strict_http.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

// Over all chunks of a body: one-byte chunks with full extensions would multiply it by 260.
constexpr std::size_t extensions_per_body = 16;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_text(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

bool chunk_decoder::fail(std::string_view code, std::string_view detail) {
  fault_ = {code, detail};
  return false;
}

std::size_t chunk_decoder::feed(std::string_view input, std::string& body, const http_limits& limits) {
  std::size_t at = 0;
  while (at < input.size() && step_ != step::done) {
    if (step_ == step::data) {
      const auto count = std::min(size_, input.size() - at);
      body.append(input, at, count);
      at += count;
      size_ -= count;
      if (size_ == 0)
        step_ = step::data_cr;
      continue;
    }
    if (!on_byte(input[at++], limits, body.size()))
      break;
  }
  return at;
}

bool chunk_decoder::on_byte(char byte, const http_limits& limits, std::size_t body_bytes) {
  switch (step_) {
    case step::size: return on_size(byte, limits, body_bytes);
    case step::extension: return on_extension(byte, limits);
    case step::size_lf:
      if (byte != '\n')
        return fail("bad_request", "a chunk line must end in CR LF");
      step_ = size_ > 0 ? step::data : step::trailer;
      line_bytes_ = 0;
      colon_seen_ = false;
      return true;
    case step::data_cr:
      if (byte != '\r')
        return fail("bad_request", "a chunk is longer than its size says");
      step_ = step::data_lf;
      return true;
    case step::data_lf:
      if (byte != '\n')
        return fail("bad_request", "chunk data must end in CR LF");
      step_ = step::size;
      line_bytes_ = 0;
      return true;
    default: return on_trailer(byte, limits);
  }
}

bool chunk_decoder::on_size(char byte, const http_limits& limits, std::size_t body_bytes) {
  const int digit = hex_value(byte);
  if (digit >= 0) {
    if (++line_bytes_ > 16)
      return fail("bad_request", "a chunk size has too many digits");
    size_ = (size_ << 4) | static_cast<std::size_t>(digit);
    if (size_ > limits.body_bytes_max - std::min(body_bytes, limits.body_bytes_max))
      return fail("body_too_large", "the body is larger than this server takes");
    return true;
  }
  if (line_bytes_ == 0)
    return fail("bad_request", "a chunk must begin with its size in hexadecimal digits");
  line_bytes_ = 0;
  if (byte == '\r')
    step_ = step::size_lf;
  else if (byte == ';')
    step_ = step::extension;
  else
    return fail("bad_request", "a chunk size has a wrong character");
  return true;
}

bool chunk_decoder::on_extension(char byte, const http_limits& limits) {
  if (byte == '\r') {
    step_ = step::size_lf;
    return true;
  }
  if (!is_text(byte))
    return fail("bad_request", "a chunk extension has a wrong character");
  ++extension_bytes_;
  if (++line_bytes_ > limits.chunk_extension_bytes_max ||
      extension_bytes_ > limits.chunk_extension_bytes_max * extensions_per_body)
    return fail("bad_request", "chunk extensions are too long");
  return true;
}

bool chunk_decoder::on_trailer(char byte, const http_limits& limits) {
  if (++trailer_bytes_ > limits.trailer_bytes_max)
    return fail("headers_too_large", "the trailers are too large");
  if (step_ == step::trailer_lf) {
    if (byte != '\n')
      return fail("bad_request", "a trailer must end in CR LF");
    step_ = line_bytes_ == 0 ? step::done : step::trailer;
    line_bytes_ = 0;
    colon_seen_ = false;
    return true;
  }
  if (byte == '\r') {
    if (line_bytes_ > 0 && !colon_seen_)
      return fail("bad_request", "a trailer has no name");
    step_ = step::trailer_lf;
    return true;
  }
  if (!colon_seen_ && byte == ':' && line_bytes_ > 0)
    colon_seen_ = true;
  else if (!colon_seen_ ? !is_token({&byte, 1}) : !is_text(byte))
    return fail("bad_request", "a trailer has a wrong character");
  ++line_bytes_;
  return true;
}

}  // namespace callboard::net
