#pragma once

#include "actors/runtime/node_context.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <compare>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace callboard::runtime {

/// Fires durable timers: rows due soon are kept in memory, the rest stays in the store. A firing is a command to its
/// entity, which alone decides whether it still counts; the row goes away with that commit. Messages:
///   timers_set     committed timer changes
///   timers_loaded  rows of the store
///   housekeeping   look at the clock
class timers_actor final : public caf::event_based_actor {
 public:
  /// Firings a second at most, so that an outage's backlog does not drown live work.
  static constexpr std::size_t fires_per_second_max = 500;
  /// A firing without an effect is repeated after this.
  static constexpr std::chrono::seconds refire_after{10};

  timers_actor(caf::actor_config& config, node_context& shared);

  caf::behavior make_behavior() override;

 private:
  using key = std::pair<entity_ref, std::string>;
  struct armed {
    std::uint64_t gen;
    timestamp due_at;
  };

  void set(const key& which, std::uint64_t gen, std::optional<timestamp> due_at);
  void on_loaded(const timers_loaded& message);
  void reload();
  void look();
  void fire(const key& which, const armed& timer, timestamp now);
  void schedule_look();

  node_context& shared_;
  std::map<key, armed> timers_;
  std::set<std::pair<timestamp, key>> order_;
  timestamp next_reload_{};
  bool loading_ = false;
};

}  // namespace callboard::runtime
