#pragma once

#include "actors/base/entity_ref.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace callboard::sqlite {

/// The newest journal rows, which the index by entity does not have yet. Indexing each row at once would write a page a
/// row; an entity's rows of a while share one. One writer, the lane; rows_after() from any thread.
class journal_tail {
 public:
  struct row {
    std::uint64_t seq = 0, position = 0;
  };
  struct entry {
    std::shared_ptr<const entity_ref> ref;
    std::vector<row> rows;  ///< in seq order, never empty
  };

  /// Rows of an entity after `seq`; some may not be committed yet, or be in the index by now.
  std::vector<row> rows_after(const entity_ref& ref, std::uint64_t seq) const;

  /// Entities of a kind with ids above `after`, in no order.
  std::vector<std::string> ids(entity_kind kind, const std::string& after) const;

  // The rest is the lane's.

  std::size_t rows() const noexcept { return rows_; }
  std::size_t entities() const noexcept { return oldest_.size(); }
  /// The last row's number, 0: none is here.
  std::uint64_t last_seq(const entity_ref& ref) const;
  void add(const std::shared_ptr<const entity_ref>& ref, row fresh);
  /// Undoes the last add() of an entity.
  void take_back(const entity_ref& ref);
  /// By age of the first row; 0: the oldest.
  const entry& by_age(std::size_t place) const { return *oldest_[place]; }
  /// The `count` oldest entities are in the index.
  void drop_oldest(std::size_t count);

 private:
  mutable std::mutex mutex_;  // the lane locks it to write, readers to read
  std::unordered_map<entity_ref, entry, entity_ref_hash> entries_;
  std::deque<const entry*> oldest_;
  std::size_t rows_ = 0;
};

}  // namespace callboard::sqlite
