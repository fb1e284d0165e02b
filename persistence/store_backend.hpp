#pragma once

#include "actors/list/list_read_model.hpp"
#include "actors/ports/store.hpp"
#include "persistence/fold.hpp"
#include "persistence/lane.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

struct store_settings {
  std::string url;            ///< `sqlite:<directory>` or `postgresql://…`
  bool migrate = true;        ///< bring the schema up to date at opening
  unsigned readers = 4;       ///< connections for the calls that block
  unsigned lanes = 1;         ///< PostgreSQL only
  std::string migrate_url;    ///< PostgreSQL only: the owner's role, for the schema; empty: that of `url`
  std::string password_file;  ///< PostgreSQL only; may be empty
  std::string node_id;        ///< as in the ready line
  lane_limits limits{};
  /// Gets one line for each trouble; may be empty. Any thread.
  std::function<void(std::string_view)> log{};
};

/// A store with what stands beside the journal: projections, figures, warnings.
class store_backend : public store {
 public:
  virtual list::read_model& lists() = 0;
  virtual std::vector<const lane_counters*> lane_figures() const = 0;
  virtual const fold_counters& fold_figures() const = 0;
  /// Empties the projections and folds the journal again, beside the running server. Blocks.
  virtual result<std::uint64_t> rebuild_projections(const std::function<void(std::uint64_t)>& progress) = 0;
  /// What an operator should know about how safe this store is; empty: nothing.
  virtual std::vector<std::string> warnings() const = 0;
  /// `sqlite` or `postgresql`.
  virtual std::string_view store_name() const noexcept = 0;
};

}  // namespace callboard
