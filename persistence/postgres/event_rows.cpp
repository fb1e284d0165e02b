#include "persistence/postgres/event_rows.hpp"

#include <charconv>
#include <cstring>

namespace callboard::postgres {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

refusal damaged(const char* what) {
  return refuse(problem_code::internal, std::string("the store holds a damaged ") + what);
}

}  // namespace

std::int64_t to_number(std::string_view text) noexcept {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<std::string> bytes_of(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0)
    return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::array<std::uint8_t, 16> sixteen_bytes(std::string_view text) {
  std::array<std::uint8_t, 16> out{};
  if (const auto bytes = bytes_of(text); bytes && bytes->size() == out.size())
    std::memcpy(out.data(), bytes->data(), out.size());
  return out;
}

timestamp to_time(std::string_view unix_ms) { return timestamp{std::chrono::milliseconds{to_number(unix_ms)}}; }

result<entity_kind> kind_of(std::string_view text) {
  const auto number = to_number(text);
  if (number < static_cast<int>(entity_kind::list) || number > static_cast<int>(entity_kind::inbox))
    return damaged("kind");
  return static_cast<entity_kind>(number);
}

result<event_ptr> read_event(const event_texts& row, std::string* meta_text) {
  const auto kind = kind_of(row[0]);
  if (!kind)
    return kind.error();
  const auto colon = row[8].find(':');
  const auto actor = parse_actor_kind(row[8].substr(0, colon));
  auto meta = decode_meta(row[9]);
  if (!actor || colon == row[8].npos || !meta)
    return damaged("event");
  auto event = std::make_shared<recorded_event>();
  event->entity = std::make_shared<const entity_ref>(entity_ref{*kind, std::string(row[1])});
  event->slice = static_cast<std::uint16_t>(to_number(row[2]));
  event->nr = static_cast<std::uint64_t>(to_number(row[3]));
  event->seq = static_cast<std::uint64_t>(to_number(row[4]));
  event->epoch = static_cast<std::uint64_t>(to_number(row[5]));
  event->type = row[6];
  event->data = share(std::string(row[7]));
  event->actor = *actor;
  event->actor_id = row[8].substr(colon + 1);
  event->meta = std::move(*meta);
  event->link = sixteen_bytes(row[10]);
  event->at = to_time(row[11]);
  if (meta_text)
    *meta_text = row[9];
  return event;
}

}  // namespace callboard::postgres
