#include "net/auth/api_token.hpp"

#include "net/auth/digests.hpp"

#include <cstdint>

namespace callboard::net {
namespace {

__extension__ using wide = unsigned __int128;

constexpr std::string_view prefix = "cbt_";
constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t account_digits = 22, secret_digits = 18, crc_digits = 6;
constexpr std::size_t signed_size = prefix.size() + account_digits + secret_digits;

std::string to_base62(wide number, std::size_t size) {
  std::string out(size, digits[0]);
  for (auto i = size; i-- > 0; number /= digits.size())
    out[i] = digits[static_cast<std::size_t>(number % digits.size())];
  return out;
}

/// Nothing for other characters, or more than 128 bits.
std::optional<wide> from_base62(std::string_view text) {
  wide out = 0;
  for (const char c : text) {
    const auto digit = digits.find(c);
    const auto next = out * digits.size() + digit;
    if (digit == digits.npos || next / digits.size() != out)
      return std::nullopt;
    out = next;
  }
  return out;
}

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~0u;
  for (const unsigned char byte : text) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

std::string random_digits(std::size_t count) {
  constexpr auto fair = static_cast<unsigned char>(256 - 256 % digits.size());
  std::string out;
  while (out.size() < count)
    for (const unsigned char byte : random_bytes(count))
      if (byte < fair && out.size() < count)
        out += digits[byte % digits.size()];
  return out;
}

}  // namespace

bool is_api_token(std::string_view text) noexcept { return text.starts_with(prefix); }

std::string make_api_token(const uuid& account) {
  wide number = 0;
  for (const auto byte : account.bytes)
    number = number << 8 | byte;
  auto text = std::string(prefix) + to_base62(number, account_digits) + random_digits(secret_digits);
  return text + to_base62(crc32(text), crc_digits);
}

std::optional<uuid> account_of_api_token(std::string_view text) {
  if (!is_api_token(text) || text.size() != signed_size + crc_digits)
    return std::nullopt;
  const auto number = from_base62(text.substr(prefix.size(), account_digits));
  if (!number || text.substr(signed_size) != to_base62(crc32(text.substr(0, signed_size)), crc_digits))
    return std::nullopt;
  uuid account;
  for (std::size_t i = 0; i < account.bytes.size(); ++i)
    account.bytes[i] = static_cast<std::uint8_t>(*number >> 8 * (account.bytes.size() - 1 - i));
  return account;
}

std::string hash_of_api_token(std::string_view text) { return to_hex(sha256(text)); }

}  // namespace callboard::net
