#include "actors/list/fractional_index.hpp"

#include <algorithm>

namespace callboard::list {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'A' && c <= 'Z')
    return c - 'A' + 10;
  return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

/// Length of the whole part: `a` leads 2 characters … `z` 27 upwards, `Z` 2 … `A` 27 downwards.
std::size_t whole_length(char head) {
  if (head >= 'a' && head <= 'z')
    return static_cast<std::size_t>(head - 'a') + 2;
  return head >= 'A' && head <= 'Z' ? static_cast<std::size_t>('Z' - head) + 2 : 0;
}

/// The next whole part, or nothing past the largest.
std::optional<std::string> next_whole(std::string whole) {
  for (auto i = whole.size(); i-- > 1;) {
    const int value = digit_value(whole[i]);
    if (value < 61) {
      whole[i] = digits[static_cast<std::size_t>(value) + 1];
      return whole;
    }
    whole[i] = '0';
  }
  if (whole[0] == 'z')
    return std::nullopt;
  const char head = whole[0] == 'Z' ? 'a' : static_cast<char>(whole[0] + 1);
  return head + std::string(whole_length(head) - 1, '0');
}

/// The whole part before, or nothing below the smallest.
std::optional<std::string> previous_whole(std::string whole) {
  for (auto i = whole.size(); i-- > 1;) {
    const int value = digit_value(whole[i]);
    if (value > 0) {
      whole[i] = digits[static_cast<std::size_t>(value) - 1];
      return whole;
    }
    whole[i] = 'z';
  }
  if (whole[0] == 'A')
    return std::nullopt;
  const char head = whole[0] == 'a' ? 'Z' : static_cast<char>(whole[0] - 1);
  return head + std::string(whole_length(head) - 1, 'z');
}

/// A fraction strictly between two; an empty `high` stands for one.
std::string fraction_between(std::string_view low, std::string_view high, bool open_high) {
  std::string out;
  for (std::size_t i = 0;; ++i) {
    const int a = i < low.size() ? digit_value(low[i]) : 0;
    const int b = open_high ? 62 : (i < high.size() ? digit_value(high[i]) : 0);
    if (a == b) {
      out += digits[static_cast<std::size_t>(a)];
      continue;
    }
    if (b - a > 1) {
      out += digits[static_cast<std::size_t>((a + b + 1) / 2)];
      return out;
    }
    // Neighbouring digits: stay below `high` by keeping the lower one, then only `low` binds.
    if (!open_high && i + 1 < high.size()) {
      out += digits[static_cast<std::size_t>(b)];
      return out;
    }
    out += digits[static_cast<std::size_t>(a)];
    open_high = true;
  }
}

std::string_view whole_of(std::string_view key) { return key.substr(0, whole_length(key[0])); }
std::string_view fraction_of(std::string_view key) { return key.substr(whole_length(key[0])); }

std::string below(std::string_view after) {
  const std::string whole(whole_of(after));
  const auto previous = previous_whole(whole);
  if (!previous)  // the smallest whole part is never given out without a fraction
    return whole + fraction_between({}, fraction_of(after), false);
  if (!fraction_of(after).empty())
    return whole;
  return previous_whole(*previous) ? *previous : *previous + "V";
}

std::string above(std::string_view before) {
  if (auto next = next_whole(std::string(whole_of(before))))
    return *next;
  return std::string(whole_of(before)) + fraction_between(fraction_of(before), {}, true);
}

}  // namespace

std::string key_between(std::string_view before, std::string_view after) {
  if (before.empty())
    return after.empty() ? "a0" : below(after);
  if (after.empty())
    return above(before);
  if (whole_of(before) == whole_of(after))
    return std::string(whole_of(before)) +
           fraction_between(fraction_of(before), fraction_of(after), false);
  if (auto next = next_whole(std::string(whole_of(before))); next && *next < after)
    return *next;
  return std::string(whole_of(before)) + fraction_between(fraction_of(before), {}, true);
}

std::vector<std::string> even_keys(std::size_t count) {
  std::vector<std::string> keys;
  keys.reserve(count);
  std::string key = "a0";
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(key);
    key = *next_whole(key);
  }
  return keys;
}

bool is_order_key(std::string_view key) noexcept {
  if (key.empty())
    return false;
  const auto whole = whole_length(key[0]);
  return whole != 0 && key.size() >= whole && (key.size() == whole || key.back() != '0') &&
         std::all_of(key.begin(), key.end(), [](char c) { return digit_value(c) >= 0; });
}

}  // namespace callboard::list
