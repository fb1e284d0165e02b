#include "actors/runtime/host_actor.hpp"

#include "actors/base/log.hpp"
#include "actors/kinds.hpp"
#include "actors/runtime/guarded.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace callboard::runtime {
namespace {

using namespace std::chrono_literals;

constexpr auto backoff_first = 100ms, backoff_most = 30'000ms;

}  // namespace

void host_actor::begin_load(std::uint64_t snapshot_at) {
  phase_ = phase::loading;
  activation_ = std::make_shared<activation>();
  activation_->ref = *ref_;
  activation_->number = shared_.next_activation.fetch_add(1);
  submitted_ = 0;
  repeats_.clear();
  const bool accepted = shared_.readers.run(
    [&journal = shared_.journal, ref = ref_, snapshot_at, number = activation_->number, self = caf::actor{this}] {
      auto content = std::make_shared<result<loaded_entity>>(
        guarded<result<loaded_entity>>("an entity", [&] { return load_entity(journal, *ref, snapshot_at); }));
      caf::anon_send(self, entity_loaded{number, std::move(content)});
    });
  if (!accepted)
    load_failed(refuse(problem_code::overloaded, "too many entities are being loaded"));
}

void host_actor::on_loaded(entity_loaded& message) {
  if (phase_ != phase::loading || message.activation != activation_->number)
    return;
  if (!*message.content)
    return load_failed(message.content->error());
  try {
    if (!rebuild(**message.content))
      return begin_load(std::max<std::uint64_t>((*message.content)->snapshot->seq, 1) - 1);
  } catch (const std::exception& thrown) {
    log_event(log_level::error, "entity.not_rebuilt",
              {{"kind", to_string(ref_->kind)}, {"id", ref_->id}, {"what", thrown.what()}});
    return load_failed(refuse(problem_code::internal, "the entity cannot be rebuilt from its journal"));
  }
  phase_ = phase::ready;
  drain_waiting();
}

/// False: the snapshot is of no use, and an older one or none has to do.
bool host_actor::rebuild(const loaded_entity& content) {
  entity_ = kind_.make(*ref_);
  head_ = {ref_, slice_of(*ref_), shared_.journal.owner_epoch(), 0, {}};
  snapshots_.reloading();
  if (content.snapshot) {
    const auto& row = *content.snapshot;
    const auto restored = entity_->restore(row.state);
    if (!restored || entity_->seq() != row.seq) {
      log_event(log_level::warn, "entity.snapshot_unusable",
                {{"kind", to_string(ref_->kind)}, {"id", ref_->id}, {"seq", row.seq},
                 {"what", restored ? "it is of another event" : restored.error().detail},
                 {"next", "the entity is rebuilt from older ones or its events, and saved anew"}});
      snapshots_.wanted();
      return false;
    }
    head_.seq = row.seq;
    head_.link = row.link;
    snapshots_.restored(row.seq, row.state.size());
  }
  for (const auto& event : content.tail) {
    if (event->seq != head_.seq + 1)
      throw std::runtime_error("the journal has a hole");
    entity_->replay(*event);
    head_.seq = event->seq;
    head_.link = event->link;
    snapshots_.note(*event);
  }
  stats_->seq.store(head_.seq, std::memory_order_relaxed);
  stats_->state_bytes.store(entity_->state_bytes(), std::memory_order_relaxed);
  return true;
}

/// Nothing could be decided: everything that waits is refused, and the next message tries again, not too soon.
void host_actor::load_failed(const refusal& why) {
  phase_ = phase::unloaded;
  entity_.reset();
  backoff_ = std::min<std::chrono::milliseconds>(backoff_ == 0ms ? backoff_first : backoff_ * 2,
                                                 why.code == problem_code::internal ? backoff_most : 1'000ms);
  not_before_ = std::chrono::steady_clock::now() + backoff_;
  refuse_waiting(why);
}

void host_actor::refuse_waiting(const refusal& why) {
  for (auto* queue : {&redo_, &waiting_}) {
    for (auto& item : *queue)
      refuse_work(item, why);
    queue->clear();
  }
}

void host_actor::refuse_work(work& item, const refusal& why) {
  stats_->taken();
  if (auto* next = std::get_if<admitted>(&item)) {
    release(*next);
    return deliver(*next->message, refused(why));
  }
  refuse_subscription(*std::get<subscribe_wish>(item).request, why);
}

void host_actor::drain_waiting() {
  while (phase_ == phase::ready && !(redo_.empty() && waiting_.empty())) {
    auto& queue = redo_.empty() ? waiting_ : redo_;
    auto next = std::move(queue.front());
    queue.pop_front();
    process(next);
  }
  if (phase_ == phase::ready)
    backoff_ = 0ms;
}

}  // namespace callboard::runtime
