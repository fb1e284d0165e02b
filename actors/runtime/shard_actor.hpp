#pragma once

#include "actors/runtime/node_context.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <memory>
#include <unordered_map>
#include <variant>

namespace callboard::runtime {

/// The actor of one shard: admits messages, activates entities on their first, puts idle ones away. Messages:
///   admitted, subscribe_wish   for an entity of this shard
///   append_failed              of the lane, handed on to the entity
///   passivation_answer         a host stopped, or is busy
///   housekeeping               the periodic look for idle entities
class shard_actor final : public caf::event_based_actor {
 public:
  shard_actor(caf::actor_config& config, node_context& shared);

  caf::behavior make_behavior() override;

 private:
  using work = std::variant<admitted, subscribe_wish>;
  struct slot {
    std::shared_ptr<const entity_ref> ref;
    caf::actor host;
    std::shared_ptr<entity_stats> stats;
    steady_time last_used{};
    bool closing = false;
    std::deque<work> held;  ///< arrived while closing
  };

  void on_envelope(envelope_ptr message);
  void on_subscribe(const subscribe_wish& wish);
  slot& slot_for(const entity_ref& ref);
  void pass(slot& to, work next);
  void forward(slot& to, work next);
  bool overfull(const slot& to) const;
  void on_passivation(const passivation_answer& answered);
  void on_host_down(const caf::down_msg& down);
  void on_housekeeping();
  void passivate_one(slot& idle);
  void passivate_longest_idle();
  void stop_all();

  node_context& shared_;
  std::unordered_map<entity_ref, slot, entity_ref_hash> slots_;
  bool housekeeping_armed_ = false;
};

}  // namespace callboard::runtime
