#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// What an entity is. The numbers go over the wire and never change their meaning.
enum class entity_kind : std::uint8_t { list = 1, account = 2, login = 3, session = 4, inbox = 5 };

/// The name of a kind as the journal and the inspector show it.
std::string_view to_string(entity_kind kind) noexcept;
std::optional<entity_kind> parse_entity_kind(std::string_view name) noexcept;

/// Prefix of the public stream of a kind (`list:`, `user:`); empty for a kind without one.
std::string_view stream_prefix(entity_kind kind) noexcept;

/// The address of an entity: kind and id (opaque, 1..128 bytes).
struct entity_ref {
  entity_kind kind = entity_kind::list;
  std::string id;

  auto operator<=>(const entity_ref&) const = default;
};

inline constexpr std::uint16_t slice_count = 1024;
inline constexpr std::uint16_t shard_count = 256;

/// The journal slice of an entity, 0..1023: stable for ever (xxh64 of kind and id).
std::uint16_t slice_of(const entity_ref& ref) noexcept;

/// The shard that routes to a slice, 0..255.
constexpr std::uint16_t shard_of(std::uint16_t slice) noexcept { return slice / (slice_count / shard_count); }

struct entity_ref_hash {
  std::size_t operator()(const entity_ref& ref) const noexcept {
    return std::hash<std::string>{}(ref.id) * 31 + static_cast<std::size_t>(ref.kind);
  }
};

}  // namespace callboard
