#include "actors/base/timestamp.hpp"

#include <cstdint>

namespace callboard {
namespace {

using namespace std::chrono;

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) noexcept {
  if (at + count > text.size())
    return false;
  out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

void append_padded(std::string& out, unsigned value, int width) {
  char text[8];
  for (int i = width - 1; i >= 0; --i, value /= 10)
    text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<std::size_t>(width));
}

std::optional<sys_days> read_date(std::string_view text) noexcept {
  int y, m, d;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-' || !digits(text, 0, 4, y) || !digits(text, 5, 2, m) ||
      !digits(text, 8, 2, d))
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok())
    return std::nullopt;
  return sys_days{date};
}

}  // namespace

timestamp wall_now() { return floor<milliseconds>(system_clock::now()); }

void append_rfc3339(std::string& out, timestamp at) {
  const auto date = floor<days>(at);
  const year_month_day ymd{date};
  const hh_mm_ss time{at - date};
  append_padded(out, static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(ymd.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(ymd.day()), 2);
  out += 'T';
  append_padded(out, static_cast<unsigned>(time.hours().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(time.minutes().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(time.seconds().count()), 2);
  out += '.';
  append_padded(out, static_cast<unsigned>(time.subseconds().count()), 3);
  out += 'Z';
}

std::string to_rfc3339(timestamp at) {
  std::string out;
  append_rfc3339(out, at);
  return out;
}

std::optional<timestamp> parse_rfc3339(std::string_view text) noexcept {
  const auto date = read_date(text);
  int h, m, s;
  if (!date || text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':' ||
      !digits(text, 11, 2, h) || !digits(text, 14, 2, m) || !digits(text, 17, 2, s) || h > 23 || m > 59 || s > 60)
    return std::nullopt;
  std::size_t at = 19;
  int fraction_ms = 0;
  if (text[at] == '.') {
    int scale = 100;
    const auto first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      fraction_ms += (text[at] - '0') * scale;
    if (at == first)
      return std::nullopt;
  }
  if (at >= text.size())
    return std::nullopt;
  minutes offset{0};
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    int oh, om;
    if (!digits(text, at + 1, 2, oh) || at + 3 >= text.size() || text[at + 3] != ':' || !digits(text, at + 4, 2, om) ||
        oh > 23 || om > 59)
      return std::nullopt;
    offset = hours{oh} + minutes{om};
    if (text[at] == '-')
      offset = -offset;
    at += 6;
  } else {
    return std::nullopt;
  }
  if (at != text.size())
    return std::nullopt;
  const timestamp instant = *date + hours{h} + minutes{m} + seconds{s} + milliseconds{fraction_ms} - offset;
  // An offset may push the instant out of the four-digit years that the answer can show.
  if (instant < sys_days{year{0} / 1 / 1} || instant >= sys_days{year{10000} / 1 / 1})
    return std::nullopt;
  return instant;
}

bool is_calendar_date(std::string_view text) noexcept { return text.size() == 10 && read_date(text).has_value(); }

}  // namespace callboard
