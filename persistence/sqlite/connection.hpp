#pragma once

#include "actors/base/refusal.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace callboard::sqlite {

/// A prepared statement. Bound texts and blobs must outlive the step. One thread at a time.
class statement {
 public:
  statement() = default;
  explicit statement(sqlite3_stmt* raw) : raw_(raw) {}

  statement& bind(int index, std::int64_t value);
  statement& bind(int index, std::uint64_t value) { return bind(index, static_cast<std::int64_t>(value)); }
  statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  statement& bind(int index, unsigned value) { return bind(index, static_cast<std::int64_t>(value)); }
  statement& bind(int index, std::string_view text);
  statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
  statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  statement& bind_blob(int index, std::string_view bytes);
  template <std::size_t N>
  statement& bind(int index, const std::array<std::uint8_t, N>& bytes) {
    return bind_blob(index, {reinterpret_cast<const char*>(bytes.data()), N});
  }
  statement& bind_null(int index);
  /// Binds 1, 2, … in order.
  template <class... Values>
  statement& with(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  /// SQLITE_ROW, SQLITE_DONE or an error (extended code).
  int step();
  /// Steps once, resets; SQLITE_DONE or SQLITE_ROW is SQLITE_OK.
  int run();
  void reset();

  std::int64_t integer(int column) const;
  std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;
  template <std::size_t N>
  std::array<std::uint8_t, N> bytes(int column) const {
    std::array<std::uint8_t, N> out{};
    const auto from = blob(column);
    if (from.size() == N)
      std::copy(from.begin(), from.end(), out.begin());
    return out;
  }

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* raw) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, finalizer> raw_;
};

enum class open_mode : std::uint8_t { read_only, read_write, create };

/// One connection; moved, never shared by two threads at a time.
class connection {
 public:
  static result<connection> open(const std::string& path, open_mode mode);

  /// Statements without results, separated by semicolons.
  result<void> run(std::string_view sql);
  result<statement> prepare(std::string_view sql);
  /// First column of the first row; 0 without one.
  result<std::int64_t> number(std::string_view sql);

  sqlite3* raw() const noexcept { return raw_.get(); }
  /// What the last failed call says.
  std::string message() const;
  refusal failure(std::string_view doing) const;

 private:
  struct closer {
    void operator()(sqlite3* raw) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> raw_;
};

/// Rolls back unless it was committed. For writers other than the lane.
class transaction {
 public:
  explicit transaction(connection& on) : on_(on) {}
  ~transaction();
  result<void> begin();
  result<void> commit();

 private:
  connection& on_;
  bool open_ = false;
};

}  // namespace callboard::sqlite
