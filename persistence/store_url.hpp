#pragma once

#include "actors/base/refusal.hpp"

#include <string>
#include <string_view>

namespace callboard {

enum class store_kind : std::uint8_t { unknown, sqlite, postgresql };

inline store_kind kind_of_store(std::string_view url) noexcept {
  if (url.starts_with("sqlite:"))
    return store_kind::sqlite;
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return store_kind::postgresql;
  return store_kind::unknown;
}

/// Says nothing of the URL itself: it may hold a password.
inline refusal unknown_store() {
  return refuse(problem_code::validation, "store.url must begin with sqlite: or postgresql://");
}

inline refusal no_store_in(std::string_view place) {
  return refuse(problem_code::not_found, "there is no store in " + std::string(place) +
                                           "; `callboard serve` or `callboard migrate up` makes one");
}

}  // namespace callboard
