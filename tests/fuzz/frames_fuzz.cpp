#include "net/frames.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

/// Whatever a client sends is taken whole or refused; an id that is echoed is short.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callboard::net;
  const auto frames = decode_message({reinterpret_cast<const char*>(data), size});
  if (!frames)
    return 0;
  if (frames->empty() || frames->size() > frames_a_message_max)
    std::abort();
  for (const auto& frame : *frames)
    if (id_of(frame).size() > 6 * 64 + 2)
      std::abort();
  return 0;
}
