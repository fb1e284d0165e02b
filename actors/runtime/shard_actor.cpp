#include "actors/runtime/shard_actor.hpp"

#include "actors/runtime/host_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace callboard::runtime {

shard_actor::shard_actor(caf::actor_config& config, node_context& shared, shard_table& table)
    : caf::event_based_actor(config), shared_(shared), table_(table) {}

caf::behavior shard_actor::make_behavior() {
  set_down_handler([this](const caf::down_msg& down) { on_host_down(down); });
  return {
    [this](const entity_wanted& wanted) { activate(*wanted.ref); },
    [this](const passivation_answer& answered) {
      if (table_.passivated(*answered.ref, answered.stopped))
        activate(*answered.ref);
    },
    [this](housekeeping) { on_housekeeping(); },
    [this](stop_actor) {
      table_.stop_all();
      quit();
    },
  };
}

void shard_actor::activate(const entity_ref& ref) {
  const auto seat = table_.seat_of(ref);
  if (!seat.ref)
    return;
  if (shared_.inspector.resident() > shared_.settings.resident_max)
    table_.passivate_longest_idle();
  auto host = spawn<host_actor>(std::ref(shared_), seat.ref, seat.stats, caf::actor{this});
  monitor(host);
  table_.open(ref, std::move(host));
  if (!std::exchange(housekeeping_armed_, true))
    delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
}

/// A host that died of an exception of its own: what waits for it makes a new one.
void shard_actor::on_host_down(const caf::down_msg& down) {
  if (!down.reason)
    return;
  if (const auto wanted = table_.lost(down.source))
    activate(*wanted);
}

void shard_actor::on_housekeeping() {
  const auto now = std::chrono::steady_clock::now();
  const auto& settings = shared_.settings;
  housekeeping_armed_ = table_.passivate_idle(now - settings.idle_timeout,
                                              now - std::min(settings.idle_timeout, settings.housekeeping_period));
  if (housekeeping_armed_)
    delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
}

}  // namespace callboard::runtime
