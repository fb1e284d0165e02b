#include "actors/runtime/repeat_memory.hpp"

namespace callboard::runtime {

repeat_memory::verdict repeat_memory::judge(const uuid& who, const repeat_key& key,
                                             std::uint64_t committed, timestamp now) const {
  const auto at = entries_.find({who, key.key_hash});
  if (at == entries_.end() || now - at->second.at > kept)
    return verdict::fresh;
  if (at->second.body_hash != key.body_hash)
    return verdict::mismatch;
  return at->second.ordinal <= committed ? verdict::done : verdict::running;
}

void repeat_memory::start(const uuid& who, const repeat_key& key, std::uint64_t ordinal,
                          timestamp now) {
  const full_key full{who, key.key_hash};
  if (!entries_.insert_or_assign(full, entry{key.body_hash, ordinal, now}).second)
    return;
  order_.push_back(full);
  // The oldest are forgotten first; the outcome row still knows them.
  while (order_.size() > keys_max) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

void repeat_memory::clear() {
  entries_.clear();
  order_.clear();
}

}  // namespace callboard::runtime
