#include "actors/base/json_reader.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

namespace callboard {
namespace {

namespace json = boost::json;

/// A SAX handler that builds the value and stops at the first thing I-JSON forbids.
class strict_handler {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  explicit strict_handler(json_limits limits) : limits_(limits) {}

  bool on_document_begin(json::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& e) {
    keys_.emplace_back();
    return count(e);
  }
  bool on_object_end(std::size_t n, json::error_code&) {
    keys_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_array_begin(json::error_code& e) { return count(e); }
  bool on_array_end(std::size_t n, json::error_code&) {
    stack_.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& e) {
    text_.append(part.data(), part.size());
    if (has_nul(text_, e) || !keys_.back().insert(text_).second)
      return fail(e, "duplicate key or U+0000 in a key");
    stack_.push_key(json::string_view(text_.data(), text_.size()));
    text_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& e) {
    text_.append(part.data(), part.size());
    if (has_nul(text_, e))
      return fail(e, "U+0000 in a string");
    stack_.push_string(json::string_view(text_.data(), text_.size()));
    text_.clear();
    return count(e);
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t i, json::string_view, json::error_code& e) {
    stack_.push_int64(i);
    return count(e);
  }
  bool on_uint64(std::uint64_t u, json::string_view, json::error_code& e) {
    stack_.push_uint64(u);
    return count(e);
  }
  bool on_double(double d, json::string_view, json::error_code& e) {
    // An infinity could not be written again: JSON has none.
    if (!std::isfinite(d))
      return fail(e, "a number out of range");
    stack_.push_double(d);
    return count(e);
  }
  bool on_bool(bool b, json::error_code& e) {
    stack_.push_bool(b);
    return count(e);
  }
  bool on_null(json::error_code& e) {
    stack_.push_null();
    return count(e);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  json::value release() { return stack_.release(); }
  const char* why() const { return why_; }

 private:
  /// Keys seen in one object: a scan while few, a hash set beyond, so many keys stay linear.
  struct key_set {
    std::vector<std::string> few;
    std::unordered_set<std::string> many;

    std::pair<int, bool> insert(const std::string& key) {
      if (!many.empty())
        return {0, many.insert(key).second};
      if (std::find(few.begin(), few.end(), key) != few.end())
        return {0, false};
      few.push_back(key);
      if (few.size() > 16)
        many.insert(few.begin(), few.end());
      return {0, true};
    }
  };

  static bool has_nul(const std::string& text, json::error_code&) { return text.find('\0') != std::string::npos; }

  bool count(json::error_code& e) {
    return ++values_ <= limits_.values_max || fail(e, "too many values");
  }
  bool fail(json::error_code& e, const char* why) {
    why_ = why;
    e = json::make_error_code(json::error::exception);
    return false;
  }

  json_limits limits_;
  json::value_stack stack_;
  std::vector<key_set> keys_;
  std::string text_;
  std::size_t values_ = 0;
  const char* why_ = nullptr;
};

}  // namespace

result<json::value> parse_json(std::string_view text, const json_limits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<strict_handler> parser(options, limits);
  json::error_code error;
  const auto used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used != text.size())
    error = json::make_error_code(json::error::extra_data);
  if (error) {
    const auto* why = parser.handler().why();
    return refuse(problem_code::malformed_json,
                  "at byte " + std::to_string(used) + ": " + (why ? std::string(why) : error.message()));
  }
  return parser.handler().release();
}

result<json::value> parse_trusted_json(std::string_view text) {
  json::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error)
    return refuse(problem_code::internal, "stored JSON does not parse: " + error.message());
  return value;
}

}  // namespace callboard
