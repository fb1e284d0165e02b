#include "net/strict_http.hpp"
#include "net/ws_frame_meter.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace callboard::net;

struct outcome {
  std::vector<std::string> requests;
  bool failed = false;
  bool operator==(const outcome&) const = default;
};

// Reads all requests of the bytes, given in pieces of `step`.
outcome read_all(std::string_view bytes, std::size_t step) {
  const http_limits limits;
  request_parser parser(limits);
  outcome seen;
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    waiting += bytes.substr(at, step);
    for (bool more = true; more && !waiting.empty();) {
      waiting.erase(0, parser.feed(waiting));
      more = parser.state() == request_parser::phase::complete;
      if (parser.state() == request_parser::phase::failed) {
        seen.failed = true;
        return seen;
      }
      if (more) {
        const auto request = parser.take();
        if (!request.target.starts_with('/') || request.body.size() > limits.body_bytes_max)
          std::abort();
        seen.requests.push_back(request.method + " " + request.target + "\n" + request.body);
      }
    }
  }
  return seen;
}

}  // namespace

// One verdict however the bytes are cut; never a request that breaks a limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!(read_all(bytes, size + 1) == read_all(bytes, 1)))
    std::abort();
  const ws_limits limits;
  ws_frame_meter whole(limits), cut(limits);
  const auto code = whole.feed({data, size}, {});
  std::uint16_t last = 0;
  for (std::size_t i = 0; i < size; ++i)
    last = cut.feed({data + i, 1}, {});
  if (code != last)
    std::abort();
  return 0;
}
