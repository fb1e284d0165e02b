#pragma once

#include "persistence/maintenance.hpp"
#include "persistence/postgres/connection_settings.hpp"
#include "persistence/postgres/reader_pool.hpp"

#include <memory>

namespace callboard::postgres {

/// The schema of the database, to be changed.
result<std::unique_ptr<migration_target>> migrations_on(const connection_settings& settings);

/// The folds' side, on a connection of its own that is made again when it breaks.
std::unique_ptr<fold_writer> make_fold_writer(connection_settings settings);

/// The projections, read through the pool, which outlives it.
std::unique_ptr<list::read_model> make_lists(reader_pool& readers);

/// The value of a name in `cluster_config`, set if it was absent.
result<std::string> config_value(reader_pool& readers, const std::string& name, const std::string& if_absent);

/// A random stream epoch, as it is kept in `cluster_config`.
std::string make_stream_epoch();
inline constexpr auto stream_epoch_name = "stream_epoch";

}  // namespace callboard::postgres
