#include "net/cursor.hpp"

#include "net/auth/base64url.hpp"

#include <xxhash.h>

#include <cstring>

namespace callboard::net {
namespace {

/// Eight bytes that tell one query's cursors, and damaged ones, from another's.
std::string mark_of(std::string_view place, std::string_view query) {
  const auto hash = XXH3_64bits_withSeed(place.data(), place.size(), XXH3_64bits(query.data(), query.size()));
  std::string out(sizeof hash, '\0');
  std::memcpy(out.data(), &hash, sizeof hash);
  return out;
}

}  // namespace

std::string make_cursor(std::string_view place, std::string_view query) {
  return to_base64url(mark_of(place, query) + std::string(place));
}

std::optional<std::string> read_cursor(std::string_view cursor, std::string_view query) {
  const auto bytes = cursor.size() <= 1024 ? from_base64url(cursor) : std::nullopt;
  if (!bytes || bytes->size() < 8)
    return std::nullopt;
  auto place = bytes->substr(8);
  if (mark_of(place, query) != bytes->substr(0, 8))
    return std::nullopt;
  return place;
}

}  // namespace callboard::net
