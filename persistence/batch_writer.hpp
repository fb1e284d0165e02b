#pragma once

#include "actors/ports/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace callboard {

/// What became of one batch.
enum class commit_status : std::uint8_t {
  committed,
  bad_row,      ///< nothing applied; a row was refused
  unavailable,  ///< nothing applied, surely: try again later
  unknown,      ///< sent, no word: ask resolve() before anything else is sent
  fenced,       ///< nothing applied: another process owns the store now
};

struct commit_outcome {
  commit_status status = commit_status::committed;
  std::optional<std::size_t> index{};  ///< of a bad_row, if known: the item within the batch
  bool duplicate_outcome = false;      ///< of a bad_row: it was the outcome row
  std::string detail{};                ///< for the log
};

/// What an unknown batch turned out to be.
enum class resolution : std::uint8_t {
  committed,
  not_committed,
  unavailable,  ///< ask again
  fenced,
  never,  ///< this process can neither find out nor write any more
};

/// Writes batches for one lane, whole or not at all. Used by the lane's thread only.
class batch_writer {
 public:
  virtual ~batch_writer() = default;

  /// Commits all rows of the items, in order. Every item has rows; `nr`, `slice` and outbox ids are filled in.
  virtual commit_outcome commit(std::span<lane_item* const> items) = 0;
  /// Finds out what became of the batch whose commit was `unknown`; `effects` of the items may be gone.
  virtual resolution resolve(std::span<lane_item* const> items) = 0;
  /// Last committed nr of a slice, as it was when the writer was made; 0: none. Asked once, as the lane starts.
  virtual std::uint64_t last_nr(std::uint16_t slice) = 0;
};

}  // namespace callboard
