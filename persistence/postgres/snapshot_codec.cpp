#include "persistence/postgres/snapshot_codec.hpp"

#include <zstd.h>

namespace callboard::postgres {
namespace {

constexpr unsigned long long state_bytes_max = 1ull << 30;
constexpr int level = 3;

}  // namespace

std::string pack_snapshot(std::string_view state) {
  std::string out(ZSTD_compressBound(state.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), state.data(), state.size(), level));
  return out;
}

std::optional<std::string> unpack_snapshot(std::string_view packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > state_bytes_max)
    return std::nullopt;
  std::string out(size, '\0');
  const auto got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) || got != size)
    return std::nullopt;
  return out;
}

}  // namespace callboard::postgres
