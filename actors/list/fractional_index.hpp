#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::list {

/// A base-62 key that sorts between two keys by bytes; an empty bound is open. Needs `before` < `after`.
/// A key is a whole part (its first letter says how long) and a fraction without trailing '0'.
std::string key_between(std::string_view before, std::string_view after);

/// `count` rising keys, all short: what a rebalanced list gets.
std::vector<std::string> even_keys(std::size_t count);

/// True for text that key_between could have made.
bool is_order_key(std::string_view key) noexcept;

}  // namespace callboard::list
