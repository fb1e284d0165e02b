#pragma once

#include "actors/runtime/messages.hpp"
#include "actors/runtime/node_context.hpp"

#include <caf/event_based_actor.hpp>

namespace callboard::runtime {

/// The actor of one shard: activates entities on their first message, puts idle ones away. Messages:
///   entity_wanted       somebody has a message for an entity that is not in memory
///   passivation_answer  a host stopped, or is busy
///   housekeeping        the periodic look for idle entities
class shard_actor final : public caf::event_based_actor {
 public:
  shard_actor(caf::actor_config& config, node_context& shared, shard_table& table);

  caf::behavior make_behavior() override;

 private:
  void activate(const entity_ref& ref);
  void on_host_down(const caf::down_msg& down);
  void on_housekeeping();

  node_context& shared_;
  shard_table& table_;
  bool housekeeping_armed_ = false;
};

}  // namespace callboard::runtime
