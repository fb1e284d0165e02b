#include "persistence/postgres/pg_arrays.hpp"

#include <bit>
#include <concepts>
#include <cstring>

namespace callboard::postgres {
namespace {

// Between 1970 and 2000, where PostgreSQL counts from.
constexpr std::int64_t epoch_offset_ms = 946'684'800'000;
constexpr std::size_t header_bytes = 20;

template <std::unsigned_integral T>
T network(T value) noexcept {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1)
    return value;
  else if constexpr (sizeof(T) == 2)
    return __builtin_bswap16(value);
  else if constexpr (sizeof(T) == 4)
    return __builtin_bswap32(value);
  else
    return __builtin_bswap64(value);
}

template <std::unsigned_integral T>
void put(std::string& out, T value) {
  const T ordered = network(value);
  out.append(reinterpret_cast<const char*>(&ordered), sizeof ordered);
}

template <std::unsigned_integral T>
void put_element(std::string& out, T value) {
  put(out, std::uint32_t{sizeof value});
  put(out, value);
}

void put_at(std::string& out, std::size_t at, std::uint32_t value) {
  const auto ordered = network(value);
  std::memcpy(out.data() + at, &ordered, sizeof ordered);
}

}  // namespace

std::uint32_t array_oid(type_oid element) noexcept {
  switch (element) {
    case type_oid::boolean: return 1000;
    case type_oid::bytea: return 1001;
    case type_oid::int2: return 1005;
    case type_oid::int4: return 1007;
    case type_oid::text: return 1009;
    case type_oid::int8: return 1016;
    case type_oid::timestamptz: return 1185;
    case type_oid::uuid: return 2951;
  }
  return 0;
}

void binary_array::start() {
  bytes_.assign(header_bytes, '\0');
  count_ = 0;
  nulls_ = false;
}

void binary_array::add_int2(std::int16_t value) {
  put_element(bytes_, static_cast<std::uint16_t>(value));
  ++count_;
}

void binary_array::add_int4(std::int32_t value) {
  put_element(bytes_, static_cast<std::uint32_t>(value));
  ++count_;
}

void binary_array::add_int8(std::int64_t value) {
  put_element(bytes_, static_cast<std::uint64_t>(value));
  ++count_;
}

void binary_array::add_bool(bool value) {
  put_element(bytes_, static_cast<std::uint8_t>(value));
  ++count_;
}

void binary_array::add_time(std::int64_t unix_ms) { add_int8((unix_ms - epoch_offset_ms) * 1000); }

void binary_array::add_bytes(std::string_view value) {
  put(bytes_, static_cast<std::uint32_t>(value.size()));
  bytes_ += value;
  ++count_;
}

void binary_array::add_pair(std::string_view first, std::string_view second) {
  put(bytes_, static_cast<std::uint32_t>(first.size() + 1 + second.size()));
  bytes_.append(first).append(1, ':').append(second);
  ++count_;
}

void binary_array::add_null() {
  put(bytes_, ~std::uint32_t{0});
  nulls_ = true;
  ++count_;
}

std::string_view binary_array::finish() {
  put_at(bytes_, 0, count_ == 0 ? 0 : 1);
  put_at(bytes_, 4, nulls_ ? 1 : 0);
  put_at(bytes_, 8, static_cast<std::uint32_t>(element_));
  put_at(bytes_, 12, count_);
  put_at(bytes_, 16, 1);
  return count_ == 0 ? std::string_view(bytes_).substr(0, 12) : std::string_view(bytes_);
}

std::string binary_int8(std::int64_t value) {
  std::string out;
  put(out, static_cast<std::uint64_t>(value));
  return out;
}

std::int64_t unix_ms_of(std::int64_t postgres_us) noexcept {
  const auto ms = postgres_us / 1000 - (postgres_us % 1000 < 0 ? 1 : 0);
  return ms + epoch_offset_ms;
}

}  // namespace callboard::postgres
