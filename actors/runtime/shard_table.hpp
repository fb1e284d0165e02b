#pragma once

#include "actors/runtime/inspector.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/actor.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace callboard::runtime {

struct node_context;

/// The entities of one shard that are in memory, and the way to them: a message is admitted here on its sender's thread
/// and goes straight into the entity's mailbox. What is for an entity that comes or goes is held, in order, until the
/// shard's actor has seen to it. Any thread; messages of one sender to one entity keep their order.
class shard_table {
 public:
  explicit shard_table(node_context& shared) : shared_(shared) {}

  /// Admits a message, or answers it with 503 `overloaded`.
  void tell(envelope_ptr message);
  void subscribe(subscribe_wish wish);
  /// Rows that did not commit go back to the entity that decided them.
  void give_back(const append_failed& failure);

  // The rest is the shard actor's.

  void set_keeper(caf::actor keeper) { keeper_ = std::move(keeper); }
  struct seat {
    std::shared_ptr<const entity_ref> ref;
    std::shared_ptr<entity_stats> stats;
  };
  /// Who is to be spawned for an entity_wanted.
  seat seat_of(const entity_ref& ref);
  /// The host is there: what was held goes to it.
  void open(const entity_ref& ref, caf::actor host);
  /// Asks hosts to stop that nobody used since `before`, or since `nothing_before` where the entity has no history:
  /// anybody may name as many of those as he likes. False: there are no entities here.
  bool passivate_idle(steady_time before, steady_time nothing_before);
  void passivate_longest_idle();
  /// True: the entity is gone, and wanted again.
  bool passivated(const entity_ref& ref, bool stopped);
  /// A host ended by itself. Names its entity if messages wait for it.
  std::optional<entity_ref> lost(const caf::actor_addr& host);
  void stop_all();

 private:
  using work = std::variant<admitted, subscribe_wish>;
  enum class state { opening, open, closing };
  struct slot {
    seat who;
    caf::actor host;
    steady_time last_used{};
    state now = state::opening;
    std::deque<work> held;  ///< arrived while not open
  };

  slot& slot_for(const entity_ref& ref);
  bool overfull(const slot& to) const;
  void pass(slot& to, work next);
  void ask_to_stop(slot& idle);

  node_context& shared_;
  caf::actor keeper_;
  std::mutex mutex_;
  std::unordered_map<entity_ref, slot, entity_ref_hash> slots_;  // guarded by mutex_
  bool stopped_ = false;                                         // guarded by mutex_
};

}  // namespace callboard::runtime
