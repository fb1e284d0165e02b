#include "actors/base/uuid.hpp"

#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace callboard {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

constexpr std::array<std::int8_t, 256> make_hex_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i)
    values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i)
    values[static_cast<std::size_t>('a' + i)] = values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
  return values;
}
constexpr auto hex_values = make_hex_values();

int hex_value(char c) noexcept { return hex_values[static_cast<unsigned char>(c)]; }

constexpr bool is_dash_position(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

/// Random bytes bought in blocks: one call into libsodium for many ids.
struct random_block {
  std::array<std::uint8_t, 1024> bytes;
  std::size_t used = sizeof bytes;

  void take(std::uint8_t* out, std::size_t count) {
    if (used + count > bytes.size()) {
      randombytes_buf(bytes.data(), bytes.size());
      used = 0;
    }
    std::memcpy(out, bytes.data() + used, count);
    used += count;
  }
};

}  // namespace

void append_to(std::string& out, const uuid& id) {
  char text[36];
  std::size_t at = 0;
  for (auto byte : id.bytes) {
    if (is_dash_position(at))
      text[at++] = '-';
    text[at++] = hex_digits[byte >> 4];
    text[at++] = hex_digits[byte & 15];
  }
  out.append(text, sizeof text);
}

std::string to_string(const uuid& id) {
  std::string out;
  out.reserve(36);
  append_to(out, id);
  return out;
}

std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != 36)
    return std::nullopt;
  uuid id;
  std::size_t byte = 0;
  for (std::size_t i = 0; i < 36;) {
    if (is_dash_position(i)) {
      if (text[i++] != '-')
        return std::nullopt;
      continue;
    }
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    id.bytes[byte++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  uuid max;
  max.bytes.fill(0xff);
  if (id.is_nil() || id == max)
    return std::nullopt;
  return id;
}

uuid make_uuid_v7() {
  thread_local random_block random;
  thread_local std::uint64_t last = 0;
  // 48 bits of milliseconds and 12 bits of counter as one rising number (RFC 9562, section 6.2, method 1).
  const auto now = static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  last = std::max(last + 1, now << 12);
  uuid id;
  random.take(id.bytes.data() + 8, 8);
  for (int i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(last >> (12 + 8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((last >> 8) & 0x0f));
  id.bytes[7] = static_cast<std::uint8_t>(last);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

uuid make_uuid_v5(const uuid& space, std::string_view name) {
  std::string input(reinterpret_cast<const char*>(space.bytes.data()), space.bytes.size());
  input += name;
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
  uuid id;
  std::memcpy(id.bytes.data(), digest, 16);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x50);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace callboard
