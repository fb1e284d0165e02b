#include "actors/kinds.hpp"

#include "actors/account/account_kind.hpp"
#include "actors/inbox/inbox_kind.hpp"
#include "actors/list/list_kind.hpp"
#include "actors/login/login_kind.hpp"
#include "actors/session/session_kind.hpp"

#include <array>

namespace callboard {

std::span<const kind_descriptor> all_kinds() noexcept {
  // In the order of entity_kind: a new kind adds its line here.
  static const std::array kinds{
    list::descriptor(), account::descriptor(), login::descriptor(), session::descriptor(), inbox::descriptor(),
  };
  return kinds;
}

const kind_descriptor& descriptor_of(entity_kind kind) noexcept {
  return all_kinds()[static_cast<std::size_t>(kind) - 1];
}

}  // namespace callboard
