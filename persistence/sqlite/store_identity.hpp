#pragma once

#include "actors/base/refusal.hpp"

#include <cstdint>
#include <string>

namespace callboard::sqlite {

/// The two epochs of a store (API.md section 20).
struct store_identity {
  std::uint64_t stream_epoch = 0, owner_epoch = 0;
};

/// Notes a new server on the store: the owner epoch rises; the stream epoch is made at the first start.
result<store_identity> begin_incarnation(const std::string& database, const std::string& node_id);

/// Notes that the server with this owner epoch ended in order.
void note_end(const std::string& database, std::uint64_t owner_epoch);

/// A named value: set if absent, durable, then read.
result<std::string> keep_config(const std::string& database, const std::string& name, const std::string& if_absent);

/// Gives the store a new random stream epoch.
result<std::uint64_t> renew_stream_epoch(const std::string& database);

/// Writes a row, so that a full disk shows.
result<void> probe(const std::string& database);

}  // namespace callboard::sqlite
