#include "net/resume_id.hpp"

#include "actors/base/event.hpp"
#include "net/frames.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <charconv>

namespace callboard::net {
namespace {

constexpr std::size_t key_digits = 12;  // 48 bits among 50 streams
constexpr std::size_t places_max = 64;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::uint64_t> number_of(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

}  // namespace

std::string resume_id::key_of(const entity_ref& stream) {
  const auto name = stream_name(stream);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest);
  std::string out;
  for (std::size_t i = 0; i < key_digits / 2; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

std::string resume_id::text() const {
  auto out = epoch_text(epoch_);
  out.reserve(out.size() + places_.size() * (key_digits + 12));
  for (const auto& [key, seq] : places_)
    out.append("~").append(key).append(".").append(std::to_string(seq));
  return out;
}

std::optional<resume_id> resume_id::parse(std::string_view text) {
  const auto next = [&text] {
    const auto end = std::min(text.find('~'), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
  };
  const auto first = next();
  const auto epoch = number_of(first, 16);
  if (first.size() != 16 || !is_hex(first) || !epoch)
    return std::nullopt;
  resume_id out(*epoch);
  while (!text.empty()) {
    const auto place = next();
    const auto seq = place.size() > key_digits + 1 ? number_of(place.substr(key_digits + 1), 10) : std::nullopt;
    if (!seq || place[key_digits] != '.' || !is_hex(place.substr(0, key_digits)) || out.places_.size() == places_max)
      return std::nullopt;
    out.add(place.substr(0, key_digits), *seq);
  }
  return out;
}

std::optional<position> resume_id::find(std::string_view stream_key) const {
  for (const auto& [key, seq] : places_)
    if (key == stream_key)
      return position{epoch_, seq};
  return std::nullopt;
}

}  // namespace callboard::net
