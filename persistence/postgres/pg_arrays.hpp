#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::postgres {

/// Type numbers of PostgreSQL's catalogue, which never change.
enum class type_oid : std::uint32_t {
  boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, timestamptz = 1184, uuid = 2950,
};

/// The type number of an array of such elements.
std::uint32_t array_oid(type_oid element) noexcept;

/// One array parameter in PostgreSQL's binary form; its buffer is used again after start().
class binary_array {
 public:
  explicit binary_array(type_oid element) : element_(element) { start(); }

  /// Empties the array.
  void start();
  void add_int2(std::int16_t value);
  void add_int4(std::int32_t value);
  void add_int8(std::int64_t value);
  void add_bool(bool value);
  /// Milliseconds since 1970.
  void add_time(std::int64_t unix_ms);
  /// Text, bytea or the 16 bytes of a uuid.
  void add_bytes(std::string_view value);
  /// Two pieces and a colon between them, as one text.
  void add_pair(std::string_view first, std::string_view second);
  void add_null();

  std::size_t size() const noexcept { return count_; }
  std::uint32_t oid() const noexcept { return array_oid(element_); }
  /// The finished parameter, valid until the next start() or add.
  std::string_view finish();

 private:
  type_oid element_;
  std::uint32_t count_ = 0;
  bool nulls_ = false;
  std::string bytes_;
};

/// A 64-bit number in network order, as a binary int8.
std::string binary_int8(std::int64_t value);
/// A timestamptz in binary form as milliseconds since 1970.
std::int64_t unix_ms_of(std::int64_t postgres_us) noexcept;

}  // namespace callboard::postgres
