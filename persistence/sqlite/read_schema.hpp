#pragma once

#include "persistence/sqlite/connection.hpp"

#include <cstdint>
#include <string>

namespace callboard::sqlite {

/// Opens `callboard-read.db` for writing. It is made anew when it is missing, of another form, of another store
/// (`stream_epoch`) or ahead of the journal: everything in it is folded again.
result<connection> open_read_database(const std::string& path, std::uint64_t stream_epoch, std::uint64_t journal_end);

/// Empties the projections and their progress.
result<void> clear_projections(connection& db);

}  // namespace callboard::sqlite
