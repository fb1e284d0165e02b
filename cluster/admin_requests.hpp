#pragma once

#include "actors/ports/entities.hpp"
#include "actors/runtime/inspector.hpp"
#include "persistence/store_backend.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace callboard::net {
class password_pool;
}

namespace callboard::cluster {

/// What requests of the command line act on.
struct admin_context {
  entities& target;
  net::password_pool& passwords;
  store_backend& store;
  const runtime::inspector& inspect;
  std::string_view node;
  std::function<void(std::uint64_t)> progress{};  ///< told how far a long request is; empty: nobody looks
};

/// Answers `{"do":"user.add",…}`: `{"ok":true,"result":…}` or `{"ok":false,"detail":…}`. The command line sends these to a
/// running server, or to a node of its own where none runs. Blocks; never throws.
std::string answer_admin_request(std::string_view request, const admin_context& context);

}  // namespace callboard::cluster
