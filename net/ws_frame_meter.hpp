#pragma once

#include "actors/base/timestamp.hpp"
#include "net/edge_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace callboard::net {

/// Walks over the raw bytes a client sends and judges what Beast lets through: empty fragments without end, floods of
/// control frames, binary messages. It skips payloads and leaves everything else to Beast.
class ws_frame_meter {
 public:
  explicit ws_frame_meter(const ws_limits& limits) : limits_(&limits) {}

  /// Takes the next bytes; 0, or the close code that the client has earned. Stays at the first code.
  std::uint16_t feed(std::span<const unsigned char> bytes, steady_time now);

 private:
  enum class part : std::uint8_t { first, second, extended, mask };

  std::uint16_t on_first(unsigned char byte, steady_time now);
  void on_second(unsigned char byte);

  const ws_limits* limits_;
  std::uint64_t payload_ = 0;
  steady_time window_{};
  std::size_t fragments_ = 0;
  std::size_t controls_ = 0;
  part next_ = part::first;
  std::uint8_t left_ = 0;  // bytes of the extended length or the mask still to come
  bool masked_ = false;
  std::uint16_t verdict_ = 0;
};

}  // namespace callboard::net
