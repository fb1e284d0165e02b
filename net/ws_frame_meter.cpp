#include "net/ws_frame_meter.hpp"

#include <algorithm>

namespace callboard::net {

std::uint16_t ws_frame_meter::feed(std::span<const unsigned char> bytes, steady_time now) {
  std::size_t at = 0;
  while (at < bytes.size() && verdict_ == 0) {
    if (next_ == part::first && payload_ > 0) {
      const auto skipped = std::min<std::uint64_t>(payload_, bytes.size() - at);
      payload_ -= skipped;
      at += static_cast<std::size_t>(skipped);
      continue;
    }
    const auto byte = bytes[at++];
    switch (next_) {
      case part::first: verdict_ = on_first(byte, now); break;
      case part::second: on_second(byte); break;
      case part::extended:
        if (left_ == 8 && byte >= 0x80)
          verdict_ = 1002;  // RFC 6455, 5.2: the top bit is 0
        payload_ = payload_ << 8 | byte;
        if (--left_ == 0) {
          next_ = masked_ ? part::mask : part::first;
          left_ = 4;
        }
        break;
      case part::mask:
        if (--left_ == 0)
          next_ = part::first;
    }
  }
  return verdict_;
}

std::uint16_t ws_frame_meter::on_first(unsigned char byte, steady_time now) {
  next_ = part::second;
  const bool control = (byte & 0x08) != 0;
  const bool reserved = (byte & 0x70) != 0;
  if (reserved)
    return 0;  // Beast answers 1002
  if (control) {
    if (now - window_ >= std::chrono::seconds(1)) {
      window_ = now;
      controls_ = 0;
    }
    return ++controls_ > limits_->controls_per_second ? 1008 : 0;
  }
  if ((byte & 0x0f) == 2)
    return 1003;
  fragments_ = (byte & 0x0f) == 0 ? fragments_ + 1 : 1;
  return fragments_ > limits_->fragments_max ? 1008 : 0;
}

void ws_frame_meter::on_second(unsigned char byte) {
  masked_ = (byte & 0x80) != 0;
  const unsigned length = byte & 0x7f;
  payload_ = length < 126 ? length : 0;
  left_ = length == 126 ? 2 : length == 127 ? 8 : 4;
  next_ = length >= 126 ? part::extended : masked_ ? part::mask : part::first;
}

}  // namespace callboard::net
