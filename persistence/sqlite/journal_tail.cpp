#include "persistence/sqlite/journal_tail.hpp"

#include <algorithm>

namespace callboard::sqlite {

std::vector<journal_tail::row> journal_tail::rows_after(const entity_ref& ref, std::uint64_t seq) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(ref);
  if (at == entries_.end())
    return {};
  const auto& rows = at->second.rows;
  const auto first = std::upper_bound(rows.begin(), rows.end(), seq,
                                      [](std::uint64_t wanted, const row& one) { return wanted < one.seq; });
  return {first, rows.end()};
}

std::vector<std::string> journal_tail::ids(entity_kind kind, const std::string& after) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto* one : oldest_)
    if (one->ref->kind == kind && one->ref->id > after)
      found.push_back(one->ref->id);
  return found;
}

std::uint64_t journal_tail::last_seq(const entity_ref& ref) const {
  const auto at = entries_.find(ref);
  return at == entries_.end() ? 0 : at->second.rows.back().seq;
}

void journal_tail::add(const std::shared_ptr<const entity_ref>& ref, row fresh) {
  const std::lock_guard lock(mutex_);
  auto& known = entries_[*ref];
  if (known.rows.empty()) {
    known.ref = ref;
    oldest_.push_back(&known);
  }
  known.rows.push_back(fresh);
  ++rows_;
}

void journal_tail::take_back(const entity_ref& ref) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(ref);
  at->second.rows.pop_back();
  --rows_;
  if (!at->second.rows.empty())
    return;
  // It came last, so it stands near the end.
  oldest_.erase(std::find(oldest_.rbegin(), oldest_.rend(), &at->second).base() - 1);
  entries_.erase(at);
}

void journal_tail::drop_oldest(std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < count; ++i) {
    rows_ -= oldest_.front()->rows.size();
    const auto ref = oldest_.front()->ref;
    oldest_.pop_front();
    entries_.erase(*ref);
  }
}

}  // namespace callboard::sqlite
