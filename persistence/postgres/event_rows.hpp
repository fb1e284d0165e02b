#pragma once

#include "actors/base/event.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::postgres {

/// The columns of a journal row `j`, in the order that read_event() takes them.
inline constexpr auto event_columns =
  "j.kind, j.id, j.slice, j.nr, j.seq, j.epoch, j.type, j.payload, j.actor, j.meta, j.link,"
  " (extract(epoch from j.at) * 1000)::bigint";
inline constexpr std::size_t event_column_count = 12;

using event_texts = std::array<std::string_view, event_column_count>;

/// One row of the journal; `meta_text`, if asked for, gets the meta as it was hashed.
result<event_ptr> read_event(const event_texts& row, std::string* meta_text = nullptr);

/// A kind by its number in the database.
result<entity_kind> kind_of(std::string_view text);
std::int64_t to_number(std::string_view text) noexcept;
/// `\x…` as the server writes a bytea.
std::optional<std::string> bytes_of(std::string_view text);
std::array<std::uint8_t, 16> sixteen_bytes(std::string_view text);
timestamp to_time(std::string_view unix_ms);

}  // namespace callboard::postgres
