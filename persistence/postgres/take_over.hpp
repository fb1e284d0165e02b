#pragma once

#include "actors/base/entity_ref.hpp"
#include "actors/base/refusal.hpp"
#include "persistence/postgres/batch_statement.hpp"
#include "persistence/postgres/pg_connection.hpp"

#include <array>
#include <string>
#include <vector>

namespace callboard::postgres {

/// What a server is after it took the database over.
struct tenure {
  std::uint64_t stream_epoch = 0;
  std::uint64_t owner_epoch = 0;
  std::vector<lane_fence> fences;  ///< one a lane
  std::array<std::uint64_t, slice_count> last_nrs{};
};

/// Refuses every later batch of former servers, waits for those under way, and makes `node_id` the owner of all
/// shards. The caller holds the server lock.
result<tenure> take_over(pg_connection& connection, const std::string& node_id, unsigned lanes);

/// Is the first lane's row still alive? With the connection broken it cannot be told: false, and not usable().
bool is_still_ours(pg_connection& connection, const lane_fence& fence);

/// What of the server's settings endangers committed rows; empty: nothing.
std::vector<std::string> unsafe_settings(pg_connection& connection);

}  // namespace callboard::postgres
