#pragma once

#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// Appends `text` as a JSON string with quotes; `text` must be valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Writes JSON by appending to a string: no tree, commas are placed by itself. One thread.
///
///   json_writer w; w.open('{').member("id", id).member("n", 3).close('}'); w.take();
class json_writer {
 public:
  json_writer() { out_.reserve(256); }
  explicit json_writer(std::size_t reserve) { out_.reserve(reserve); }

  json_writer& open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
    return *this;
  }
  json_writer& close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
  }
  /// A member's name; the next value is its value. Names are ours: they need no escaping.
  json_writer& key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    fresh_ = true;
    return *this;
  }

  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  json_writer& value(std::same_as<bool> auto flag) { return raw(flag ? "true" : "false"); }
  template <std::integral Int>
    requires(!std::same_as<Int, bool>)
  json_writer& value(Int number) {
    if constexpr (std::signed_integral<Int>)
      return integer(number);
    else
      return natural(number);
  }
  json_writer& value(double number);
  json_writer& value(const uuid& id);
  json_writer& value(timestamp at);
  json_writer& value(std::nullptr_t) { return raw("null"); }
  template <class T>
  json_writer& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : value(nullptr);
  }

  /// JSON text that is already encoded, as one value.
  json_writer& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }

  template <class T>
  json_writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  json_writer& raw_member(std::string_view name, std::string_view json) { return key(name).raw(json); }

  /// Members of a comma-separated text without braces (may be empty) go on in the open object.
  json_writer& raw_members(std::string_view members) { return members.empty() ? *this : raw(members); }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void comma() {
    if (!fresh_)
      out_ += ',';
    fresh_ = false;
  }
  json_writer& integer(std::int64_t number);
  json_writer& natural(std::uint64_t number);

  std::string out_;
  bool fresh_ = true;
};

}  // namespace callboard
