#include "actors/list/list_fields.hpp"

#include <array>

namespace callboard::list {
namespace {

constexpr std::array<std::string_view, 5> statuses{"pending", "in_progress", "paused", "completed",
                                                   "cancelled"};
constexpr std::array<std::string_view, 4> priorities{"low", "medium", "high", "urgent"};
constexpr std::array<std::string_view, 3> roles{"owner", "editor", "viewer"};
constexpr std::array<std::string_view, capability_count> capabilities{
  "items.write", "comments.write", "list.update", "members.manage", "hooks.manage", "list.delete"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name)
      return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(task_status status) noexcept {
  return statuses[static_cast<std::size_t>(status)];
}
std::string_view to_string(task_priority priority) noexcept {
  return priorities[static_cast<std::size_t>(priority)];
}
std::string_view to_string(member_role role) noexcept { return roles[static_cast<std::size_t>(role)]; }

std::optional<task_status> parse_task_status(std::string_view name) noexcept {
  return find_name<task_status>(statuses, name);
}
std::optional<task_priority> parse_task_priority(std::string_view name) noexcept {
  return find_name<task_priority>(priorities, name);
}
std::optional<member_role> parse_member_role(std::string_view name) noexcept {
  return find_name<member_role>(roles, name);
}

capability_set capabilities_of(member_role role) noexcept {
  switch (role) {
    case member_role::owner: return {(1u << capability_count) - 1};
    case member_role::editor:
      return {static_cast<std::uint8_t>(items_write.bits | comments_write.bits)};
    case member_role::viewer: break;
  }
  return {};
}

std::string_view capability_name(std::size_t bit) noexcept { return capabilities[bit]; }

}  // namespace callboard::list
