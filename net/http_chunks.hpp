#pragma once

#include "net/edge_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::net {

/// Why bytes were refused: a wire name of the problem catalogue and a sentence, both literals.
struct http_fault {
  std::string_view code{};
  std::string_view detail{};
};

/// Decodes the chunked transfer coding strictly; trailers are checked and dropped.
class chunk_decoder {
 public:
  /// Begins a body.
  void reset() noexcept { *this = chunk_decoder{}; }
  /// Takes `input`, appending data to `body`; says how many bytes were taken. Stops at the end or at a fault.
  std::size_t feed(std::string_view input, std::string& body, const http_limits& limits);
  bool done() const noexcept { return step_ == step::done; }
  /// A code if the coding is broken or over a limit.
  const http_fault& fault() const noexcept { return fault_; }

 private:
  enum class step : std::uint8_t { size, extension, size_lf, data, data_cr, data_lf, trailer, trailer_lf, done };

  bool fail(std::string_view code, std::string_view detail);
  bool on_byte(char byte, const http_limits& limits, std::size_t body_bytes);
  bool on_size(char byte, const http_limits& limits, std::size_t body_bytes);
  bool on_extension(char byte, const http_limits& limits);
  bool on_trailer(char byte, const http_limits& limits);

  http_fault fault_{};
  std::size_t size_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  step step_ = step::size;
  bool colon_seen_ = false;
};

}  // namespace callboard::net
