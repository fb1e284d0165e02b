#include "actors/runtime/host_actor.hpp"

#include "actors/base/log.hpp"
#include "actors/base/metrics.hpp"
#include "actors/runtime/host_answers.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace callboard::runtime {
namespace {

using namespace std::chrono_literals;

constexpr auto settle_pause_first = 2ms, settle_pause_most = 200ms;
constexpr auto throw_pause_first = 100ms, throw_pause_most = 30'000ms;
constexpr auto forgotten_after = 60s;  ///< an exception

}  // namespace

void host_actor::on_append_failed(append_failed& message) {
  if (!activation_ || message.owner != activation_)
    return;
  // Only the first item of the first message may be at fault: what the lane meets of this life later was swept along.
  bool first = phase_ != phase::settling;
  const auto now = std::chrono::steady_clock::now();
  for (auto& item : *message.items) {
    auto& effects = static_cast<gated_effects&>(*item.effects);
    if (effects.starting) {
      stats_->arrived(wall_now());
      redo_.push_back(subscribe_wish{effects.starting});
    } else if (effects.cause) {
      const bool culprit = std::exchange(first, false);
      const int bad_rows = effects.bad_rows + (culprit ? 1 : 0);
      const bool has_time = message.why == append_failure::expired && !culprit && effects.cause->deadline > now;
      if (auto verdict = has_time ? std::nullopt : verdict_on(message.why, bad_rows)) {
        deliver(*effects.cause, std::move(*verdict));
      } else if (culprit && message.why == append_failure::duplicate_outcome) {
        // An equal command of an earlier life has committed: its row answers.
        look_up_outcome(effects.cause, refused(not_visible_yet()));
      } else {
        stats_->arrived(wall_now());
        redo_.push_back(admitted{effects.cause, 0, bad_rows});
      }
    }
  }
  message.owner->in_flight.fetch_sub(1);
  if (std::exchange(phase_, phase::settling) != phase::settling)
    settle_pause_ = settle_pause_first;
  node_metrics().entity_restarts.at({to_string(ref_->kind)}).add();
  stats_->restarts.fetch_add(1, std::memory_order_relaxed);
  settle();
}

/// Reloads once the failed activation has nothing in the lane any more, since later failures of it come first, and not
/// too soon after the last time.
void host_actor::settle() {
  if (phase_ != phase::settling)
    return;
  if (activation_->in_flight.load(std::memory_order_acquire) == 0 && std::chrono::steady_clock::now() >= not_before_)
    return begin_load();
  // An outcome that the store has not told yet may keep us here for as long as the store is away.
  refuse_expired(redo_);
  refuse_expired(waiting_);
  if (std::exchange(settle_armed_, true))
    return;
  delayed_anon_send(caf::actor{this}, settle_pause_, retry_load{});
  settle_pause_ = std::min<std::chrono::milliseconds>(settle_pause_ * 2, settle_pause_most);
}

/// An exception is our own bug: this message is refused, the state is thrown away and rebuilt from the journal; the first
/// time at once, then less and less often.
void host_actor::entity_threw(admitted& next, const char* what) {
  log_event(log_level::error, "entity.threw",
            {{"kind", to_string(ref_->kind)}, {"id", ref_->id}, {"message", next.message->type}, {"what", what}});
  node_metrics().entity_restarts.at({to_string(ref_->kind)}).add();
  release(next);
  deliver(*next.message, refused(refuse(problem_code::internal, "the entity failed and was restarted")));
  stats_->restarts.fetch_add(1, std::memory_order_relaxed);
  const auto now = std::chrono::steady_clock::now();
  if (now - std::exchange(threw_at_, now) > forgotten_after)
    throw_pause_ = 0ms;
  else
    throw_pause_ = std::clamp<std::chrono::milliseconds>(throw_pause_ * 2, throw_pause_first, throw_pause_most);
  not_before_ = now + throw_pause_;
  phase_ = phase::settling;
  settle_pause_ = settle_pause_first;
  settle();
}

void host_actor::refuse_expired(std::deque<work>& queue) {
  const auto now = std::chrono::steady_clock::now();
  const auto deadline_of = [](const work& item) {
    const auto* next = std::get_if<admitted>(&item);
    return next ? next->message->deadline : std::get<subscribe_wish>(item).request->deadline;
  };
  std::erase_if(queue, [&](work& item) {
    if (deadline_of(item) > now)
      return false;
    refuse_work(item, refuse(problem_code::journal_unavailable, "the store did not answer in time; try again"));
    return true;
  });
}

}  // namespace callboard::runtime
