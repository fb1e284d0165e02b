#pragma once

#include "actors/base/effect.hpp"
#include "actors/base/envelope.hpp"
#include "actors/base/event.hpp"
#include "actors/base/refusal.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace callboard {

/// One life of an entity in memory, shared by its host and its lane.
struct activation {
  entity_ref ref;
  std::uint64_t number = 0;  ///< unique within the process
  /// Items handed to the lane that it has not committed or given back; 0: an answer may go out at once.
  std::atomic<std::uint32_t> in_flight{0};
  /// Set by the lane when a row of this life was refused; later items of it are dropped.
  std::atomic<bool> broken{false};
};

/// A remembered outcome of a command (DESIGN.md section 4, Repeats); primary key (entity, principal, key_hash).
struct outcome_row {
  uuid principal;
  std::array<std::uint8_t, 16> key_hash{};
  std::optional<uuid> op_id;  ///< only for answers with 202 and `async`
  std::array<std::uint8_t, 16> body_hash{};
  std::uint16_t status = 0;
  std::uint64_t seq = 0;
  std::string answer;  ///< the answer, encoded (runtime's own format)
  timestamp at{};
};

struct snapshot_row {
  entity_ref entity;
  std::uint64_t seq = 0;
  std::array<std::uint8_t, 16> link{};  ///< chain hash of event `seq`
  timestamp at{};
  std::string state;
  /// Something was purged since the last one: all snapshots before this one go.
  bool forget_older = false;
};

struct timer_row {
  entity_ref entity;
  std::string name;
  std::uint64_t gen = 0;
  timestamp due_at{};
};

/// Identity of an outbox row: the event that asked for it, and which of its messages.
struct outbox_id {
  std::uint16_t slice = 0;
  std::uint64_t nr = 0;
  std::uint32_t index = 0;
  auto operator<=>(const outbox_id&) const = default;
};

struct outbox_row {
  outbox_id id;       ///< slice and nr are filled by the lane as it writes
  entity_ref source;  ///< who asked
  std::uint64_t source_seq = 0;  ///< the last event of the item that asked
  outbox_message message;
  std::uint32_t attempts = 0;
  timestamp created_at{};
};

/// The runtime's own part of an item: opaque to stores, handed back in queue order.
struct item_effects {
  virtual ~item_effects() = default;
};

/// Rows that commit together, and what goes out after. Never split; an item without rows only keeps its place.
struct lane_item {
  std::shared_ptr<activation> owner;  ///< null only for items of the runtime itself (outbox_done)
  std::vector<event_ptr> events;
  std::vector<timer_op> timers;            ///< of the owner
  std::vector<outbox_row> outbox;          ///< belong to the last event of the item
  std::vector<outbox_id> outbox_done;      ///< delivered: deleted in the same commit
  std::optional<outcome_row> outcome;      ///< of the owner
  steady_time deadline{};                  ///< still queued then: refused, not applied
  std::size_t bytes = 0;                   ///< what was reserved
  std::unique_ptr<item_effects> effects;

  bool has_rows() const {
    return !events.empty() || !timers.empty() || !outbox.empty() || !outbox_done.empty() || outcome.has_value();
  }
};

/// Why items did not commit.
enum class append_failure : std::uint8_t {
  bad_row,            ///< a row was refused (SQLSTATE class 22 or 23, SQLITE_CONSTRAINT): reload and decide again
  duplicate_outcome,  ///< the same, and it was the outcome row: an equal command committed before
  expired,            ///< not sent before its deadline: not applied
  unavailable,        ///< the store is down or full and the item's time is over: not applied
  unknown,            ///< sent, and the store could not say in time whether it committed
};

/// Told by a lane, on its thread, in queue order. Must not block or throw.
class commit_listener {
 public:
  virtual ~commit_listener() = default;
  /// One committed batch.
  virtual void committed(std::vector<lane_item>&& items) noexcept = 0;
  /// Items of one activation that did not commit, first the one that failed. For all failures but `unknown`, every
  /// later item of the activation that was queued is among them and `owner->broken` is already set.
  virtual void failed(std::vector<lane_item>&& items, append_failure why) noexcept = 0;
  /// The fence refused us: another process owns the store now. The process must end.
  virtual void fenced() noexcept = 0;
};

/// A queue in front of the journal: whatever waits is committed in one statement (group commit).
class lane {
 public:
  virtual ~lane() = default;
  /// Reserves room for one item of about `bytes`; false: overloaded. Any thread.
  virtual bool reserve(std::size_t bytes) noexcept = 0;
  /// Gives back a reservation that led to no item.
  virtual void release(std::size_t bytes) noexcept = 0;
  /// Takes an item (its reservation ends when its effects went out). Never blocks. Any thread; one thread an owner.
  virtual void submit(lane_item&& item) = 0;
};

/// What it takes to bring an entity into memory.
struct loaded_entity {
  std::optional<snapshot_row> snapshot;
  std::vector<event_ptr> tail;  ///< events after the snapshot, in order
};

/// The journal and what belongs to it. Reading calls block: they run on the `store.readers` pool, any thread of it.
class store {
 public:
  virtual ~store() = default;

  /// Starts the lanes and the folds; `listener` outlives the store's stop().
  virtual void start(commit_listener& listener) = 0;
  /// Commits what is queued (≤ 5 s), stops all threads.
  virtual void stop() = 0;

  virtual lane& lane_of(std::uint16_t slice) noexcept = 0;

  /// One random value a store, in every position; changes only when a backup is restored.
  virtual std::uint64_t stream_epoch() const noexcept = 0;
  /// Owner epoch of this process for the rows it writes (one node: one value for all shards, rising at each start).
  virtual std::uint64_t owner_epoch() const noexcept = 0;

  virtual result<loaded_entity> load(const entity_ref& ref) = 0;
  /// Events with seq > `after`, oldest first, at most `limit`.
  virtual result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit) = 0;
  /// Ids after `after` of the entities of a kind that have events, in byte order, at most `limit`.
  virtual result<std::vector<std::string>> entity_ids(entity_kind kind, const std::string& after, std::size_t limit) = 0;
  virtual result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                          const std::array<std::uint8_t, 16>& key_hash) = 0;
  /// By a command's id, of one principal (rows that carry op_id).
  virtual result<std::optional<outcome_row>> find_command(const uuid& principal, const uuid& op_id) = 0;
  /// The newest of an entity is kept, and the last of every 2,000 events.
  virtual result<void> put_snapshot(const snapshot_row& row) = 0;
  /// The last snapshot that is kept at or before event `seq`.
  virtual result<std::optional<snapshot_row>> snapshot_before(const entity_ref& ref, std::uint64_t seq) = 0;
  /// Timers with due_at < `before`, earliest first.
  virtual result<std::vector<timer_row>> timers_due(timestamp before, std::size_t limit) = 0;
  /// Undelivered outbox rows with id > `after`, in id order.
  virtual result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit) = 0;
  /// Deletes outcome rows older than `before`, at most `limit`; says how many.
  virtual result<std::size_t> prune_outcomes(timestamp before, std::size_t limit) = 0;
  /// Named values kept with the store (keys of the server, settings of the cluster): set if absent, then read.
  /// With an empty `if_absent` only read; empty: there is none.
  virtual result<std::string> config_value(const std::string& name, const std::string& if_absent) = 0;
  /// Can the store commit now? For readiness, which asks again and again.
  virtual result<void> ping() = 0;
  /// When the store last said that this process owns it; what is in memory may be answered for 5 s after it (API.md
  /// section 20). Any thread.
  virtual steady_time last_contact() const noexcept = 0;
};

}  // namespace callboard
