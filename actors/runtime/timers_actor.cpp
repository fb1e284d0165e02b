#include "actors/runtime/timers_actor.hpp"

#include "actors/base/log.hpp"
#include "actors/kinds.hpp"
#include "actors/runtime/guarded.hpp"

#include <boost/json.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace callboard::runtime {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t rows_per_load = 10'000;
constexpr auto look_period = 100ms;

}  // namespace

timers_actor::timers_actor(caf::actor_config& config, node_context& shared)
    : caf::event_based_actor(config), shared_(shared) {}

caf::behavior timers_actor::make_behavior() {
  reload();
  schedule_look();
  return {
    [this](const timers_set& message) {
      for (const auto& op : *message.ops)
        set({message.owner, op.name}, op.gen, op.due_at);
    },
    [this](const timers_loaded& message) { on_loaded(message); },
    [this](housekeeping) {
      look();
      schedule_look();
    },
    [this](stop_actor) { quit(); },
  };
}

void timers_actor::set(const key& which, std::uint64_t gen, std::optional<timestamp> due_at) {
  const auto known = timers_.find(which);
  if (known != timers_.end()) {
    if (!due_at && known->second.gen != gen)
      return;
    order_.erase({known->second.due_at, which});
    timers_.erase(known);
  }
  // What is due later stays in the store until its time comes near.
  if (!due_at || *due_at > wall_now() + shared_.settings.timer_horizon)
    return;
  timers_[which] = {gen, *due_at};
  order_.insert({*due_at, which});
}

void timers_actor::reload() {
  if (loading_)
    return;
  const auto until = wall_now() + shared_.settings.timer_horizon;
  next_reload_ = wall_now() + shared_.settings.timer_reload;
  loading_ = shared_.readers.run([&journal = shared_.journal, until, self = caf::actor{this}] {
    auto rows = guarded<result<std::vector<timer_row>>>("timers", [&] { return journal.timers_due(until, rows_per_load); });
    caf::anon_send(self, timers_loaded{std::make_shared<result<std::vector<timer_row>>>(std::move(rows))});
  });
}

void timers_actor::on_loaded(const timers_loaded& message) {
  loading_ = false;
  if (!*message.rows)
    return;
  for (const auto& row : **message.rows)
    if (!timers_.contains({row.entity, row.name}))
      set({row.entity, row.name}, row.gen, row.due_at);
}

void timers_actor::look() {
  const auto now = wall_now();
  if (now >= next_reload_)
    reload();
  std::size_t budget = fires_per_second_max * look_period / 1s + 1;
  while (budget-- > 0 && !order_.empty() && order_.begin()->first <= now) {
    const auto which = order_.begin()->second;
    order_.erase(order_.begin());
    auto& timer = timers_[which];
    fire(which, timer, now);
    // Until the entity's commit takes the row away, the firing may have been lost.
    timer.due_at = now + refire_after;
    order_.insert({timer.due_at, which});
  }
}

void timers_actor::fire(const key& which, const armed& timer, timestamp) {
  boost::json::object args{{"name", which.second}, {"gen", static_cast<std::int64_t>(timer.gen)}};
  auto body = descriptor_of(which.first.kind).decode("timer.fired", args);
  if (!body)
    return log_event(log_level::error, "timer.undecodable", {{"name", which.second}, {"why", body.error().detail}});
  auto message = std::make_shared<envelope>();
  message->to = which.first;
  message->type = "timer.fired";
  message->body = std::move(*body);
  message->who = system_principal();
  message->op_id = make_uuid_v5(uuid{}, std::string(to_string(which.first.kind)) + "\n" + which.first.id + "\n" +
                                          which.second + "\n" + std::to_string(timer.gen));
  message->firing.emplace(which.second, timer.gen);
  message->deadline = std::chrono::steady_clock::now() + refire_after / 2;
  shared_.way_in.tell(std::move(message));
}

void timers_actor::schedule_look() { delayed_anon_send(caf::actor{this}, look_period, housekeeping{}); }

}  // namespace callboard::runtime
