#pragma once

#include "actors/ports/store.hpp"
#include "persistence/postgres/pg_arrays.hpp"
#include "persistence/postgres/pg_connection.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace callboard::postgres {

/// Whose batches these are: the row of `member_lane` that every statement demands.
struct lane_fence {
  std::string node_id;
  std::int64_t incarnation = 0;
  std::int16_t lane = 0;
  std::int64_t fence = 0;
};

/// The rows of one batch as binary arrays, and the one statement that writes them. Buffers are used again.
class batch_statement {
 public:
  batch_statement();

  /// Takes the rows of the items; valid until the next call.
  void build(std::span<lane_item* const> items, const lane_fence& fence);

  /// Name of the prepared statement: one for each combination of parts that is in use.
  const std::string& name() const noexcept { return name_; }
  std::string sql() const;
  std::span<const parameter> parameters() const noexcept { return parameters_; }

  /// After a unique violation: the statement, with parameters, that asks which rows were there (ordinals from 1).
  struct question {
    std::string sql;
    std::vector<parameter> parameters;
  };
  std::optional<question> who_violates(const std::string& constraint);
  /// Item of the n-th (from 1) journal or outcome row.
  std::optional<std::size_t> item_of(const std::string& constraint, std::int64_t ordinal) const;
  /// Asks whether the batch's rows stand in the journal (or, without events, in `outcome`); none: nothing to ask.
  std::optional<question> is_written();

 private:
  struct part {
    const char* before;            // up to the unnested arrays
    const char* after;             // behind them
    std::vector<binary_array> columns;
    std::vector<std::uint32_t> item_of_row;
  };
  enum part_number : std::uint8_t { journal, timer_set, timer_cancel, outbox, outbox_done, outcome, part_count };

  void add_event(const recorded_event& event, std::uint32_t item);
  void add_timers(std::span<lane_item* const> items);
  void add_outbox(const lane_item& item);
  void add_outcome(const outcome_row& row, const entity_ref& owner, std::uint32_t item);
  void collect_parameters(const lane_fence& fence);
  question ask(part_number which, const std::string& head, const std::string& tail, std::vector<int> columns);

  std::vector<part> parts_;
  std::string node_id_, incarnation_, lane_, fence_, name_, scratch_;
  std::vector<parameter> parameters_;
};

}  // namespace callboard::postgres
