#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

/// An opaque cursor: where a page ended, bound to the query it belongs to. `query` is any text that names it.
std::string make_cursor(std::string_view place, std::string_view query);

/// The place inside; nothing for a text that is no cursor of this query.
std::optional<std::string> read_cursor(std::string_view cursor, std::string_view query);

}  // namespace callboard::net
