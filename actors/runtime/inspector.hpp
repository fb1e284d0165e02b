#pragma once

#include "actors/base/entity_ref.hpp"
#include "actors/base/timestamp.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callboard::runtime {

/// What one entity shows of itself; written by its shard and host, read by anyone.
class entity_stats {
 public:
  static constexpr std::size_t messages_kept = 50;

  std::atomic<std::uint32_t> mailbox{0};
  std::atomic<std::uint64_t> seq{0};
  std::atomic<std::uint64_t> state_bytes{0};
  std::atomic<std::uint32_t> restarts{0};
  std::atomic<std::int64_t> last_message_ms{0};
  std::atomic<std::uint32_t> subscribers{0};

  /// A message was handed to the entity, or taken by it.
  void arrived(timestamp at) noexcept;
  void taken() noexcept;
  /// For how long the mailbox has not been empty: an upper bound of its oldest message's age. 0: it is empty.
  std::int64_t oldest_age_ms(timestamp now) const noexcept;

  void note(const std::string& type, timestamp at);
  std::vector<std::pair<timestamp, std::string>> messages() const;

 private:
  std::atomic<std::int64_t> waiting_since_ms_{0};
  mutable std::mutex mutex_;
  std::array<std::pair<timestamp, std::string>, messages_kept> kept_;
  std::size_t next_ = 0;
};

/// The resident entities of this node. Any thread.
class inspector {
 public:
  struct row {
    entity_ref ref;
    std::shared_ptr<const entity_stats> stats;
  };

  std::shared_ptr<entity_stats> enter(const entity_ref& ref);
  void leave(const entity_ref& ref);
  std::size_t resident() const noexcept { return resident_.load(std::memory_order_relaxed); }
  std::vector<row> all() const;
  std::shared_ptr<const entity_stats> find(const entity_ref& ref) const;
  /// The hub's count of subscriptions; of an entity that is not resident it is not kept.
  void set_subscribers(const entity_ref& ref, std::size_t count);
  /// Resident entities and waiting messages of a kind.
  std::pair<std::size_t, std::size_t> totals(entity_kind kind) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<entity_ref, std::shared_ptr<entity_stats>, entity_ref_hash> entities_;
  std::atomic<std::size_t> resident_{0};
};

}  // namespace callboard::runtime
