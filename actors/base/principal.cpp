#include "actors/base/principal.hpp"

#include <array>

namespace callboard {
namespace {

constexpr std::array<std::string_view, 5> actor_names{"user", "token", "worker", "webhook", "system"};
constexpr std::array<std::string_view, 3> role_names{"player", "admin", "system"};
constexpr std::array<std::string_view, 12> scope_names{
  "tasks:read", "tasks:write", "lists:admin", "queue:read", "queue:write", "work:lease",
  "hooks:write", "audit:read", "export", "admin:read", "admin:write", "mcp"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name)
      return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(actor_kind kind) noexcept { return actor_names[static_cast<std::size_t>(kind)]; }
std::optional<actor_kind> parse_actor_kind(std::string_view name) noexcept {
  return find_name<actor_kind>(actor_names, name);
}
std::string_view to_string(instance_role role) noexcept { return role_names[static_cast<std::size_t>(role)]; }
std::optional<instance_role> parse_instance_role(std::string_view name) noexcept {
  return find_name<instance_role>(role_names, name);
}

scope_set scopes_of(instance_role role) noexcept {
  constexpr scope_set all = (1u << scope_names.size()) - 1;
  constexpr scope_set admin = static_cast<scope_set>(scope::admin_read) | static_cast<scope_set>(scope::admin_write);
  constexpr scope_set lease = static_cast<scope_set>(scope::work_lease);
  switch (role) {
    case instance_role::player: return all & ~admin & ~lease;
    case instance_role::admin: return all & ~lease;
    case instance_role::system: return lease;
  }
  return 0;
}

std::string to_string(scope_set scopes) {
  std::string out;
  for (std::size_t i = 0; i < scope_names.size(); ++i) {
    if (!(scopes & (1u << i)))
      continue;
    if (!out.empty())
      out += ' ';
    out += scope_names[i];
  }
  return out;
}

std::optional<scope_set> parse_scopes(std::string_view text) noexcept {
  scope_set set = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    bool known = end == 0;
    for (std::size_t i = 0; i < scope_names.size(); ++i)
      if (text.substr(0, end) == scope_names[i]) {
        set |= 1u << i;
        known = true;
      }
    if (!known)
      return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return set;
}

}  // namespace callboard
