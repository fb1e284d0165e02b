#pragma once

#include "actors/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// Who acts, as events name it (API.md section 2, `actor.kind`).
enum class actor_kind : std::uint8_t { user, token, worker, webhook, system };

enum class instance_role : std::uint8_t { player, admin, system };

/// Rights of a token, one bit each (API.md section 5).
enum class scope : std::uint32_t {
  tasks_read = 1u << 0, tasks_write = 1u << 1, lists_admin = 1u << 2, queue_read = 1u << 3, queue_write = 1u << 4,
  work_lease = 1u << 5, hooks_write = 1u << 6, audit_read = 1u << 7, export_data = 1u << 8, admin_read = 1u << 9,
  admin_write = 1u << 10, mcp = 1u << 11,
};
using scope_set = std::uint32_t;

constexpr bool has(scope_set set, scope one) noexcept { return (set & static_cast<scope_set>(one)) != 0; }

std::string_view to_string(actor_kind kind) noexcept;
std::optional<actor_kind> parse_actor_kind(std::string_view name) noexcept;
std::string_view to_string(instance_role role) noexcept;
std::optional<instance_role> parse_instance_role(std::string_view name) noexcept;

/// Every scope that a sign-in of this role has.
scope_set scopes_of(instance_role role) noexcept;
/// `tasks:read tasks:write …` in a fixed order, separated by spaces, and back (nothing for an unknown word).
std::string to_string(scope_set scopes);
std::optional<scope_set> parse_scopes(std::string_view text) noexcept;

/// On whose behalf a request runs. `user` is nil only for the system itself.
struct principal {
  actor_kind kind = actor_kind::user;
  instance_role role = instance_role::player;
  scope_set scopes = 0;
  uuid user;
  uuid session;  ///< the sign-in (`sid`) or API token; nil for the system
};

inline principal system_principal() { return principal{actor_kind::system, instance_role::system, ~0u, {}, {}}; }

}  // namespace callboard
