#include "actors/base/entity_ref.hpp"

#include <xxhash.h>

#include <array>

namespace callboard {
namespace {

struct kind_name {
  entity_kind kind;
  std::string_view name;
  std::string_view prefix;
};

constexpr std::array<kind_name, 5> names{{
  {entity_kind::list, "list", "list:"},
  {entity_kind::account, "account", ""},
  {entity_kind::login, "login", ""},
  {entity_kind::session, "session", ""},
  {entity_kind::inbox, "inbox", "user:"},
}};

}  // namespace

std::string_view to_string(entity_kind kind) noexcept {
  return names[static_cast<std::size_t>(kind) - 1].name;
}

std::optional<entity_kind> parse_entity_kind(std::string_view name) noexcept {
  for (const auto& row : names)
    if (row.name == name)
      return row.kind;
  return std::nullopt;
}

std::string_view stream_prefix(entity_kind kind) noexcept {
  return names[static_cast<std::size_t>(kind) - 1].prefix;
}

std::uint16_t slice_of(const entity_ref& ref) noexcept {
  return XXH64(ref.id.data(), ref.id.size(), static_cast<XXH64_hash_t>(ref.kind)) & (slice_count - 1);
}

}  // namespace callboard
