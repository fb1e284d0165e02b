#pragma once

#include "actors/runtime/inspector.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace callboard::cluster {

/// Which actors to show.
struct actors_query {
  std::string kind;  ///< empty: all
  bool by_mailbox = false;
  std::size_t limit = 200;
};

/// From a query string, `kind=list&sort=mailbox&limit=50`; what it does not know it leaves alone.
actors_query read_actors_query(std::string_view text);

/// The body of GET /v1/admin/actors.
std::string render_actors(const runtime::inspector& from, const actors_query& wanted, std::string_view node);
/// The body of GET /v1/admin/actors/{kind:id}; empty: not resident.
std::string render_actor(const runtime::inspector& from, std::string_view kind_and_id, std::string_view node);

}  // namespace callboard::cluster
