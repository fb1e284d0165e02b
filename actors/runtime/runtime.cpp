#include "actors/runtime/runtime.hpp"

#include "actors/runtime/commit_router.hpp"
#include "actors/runtime/hub_actor.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/outbox_actor.hpp"
#include "actors/runtime/shard_actor.hpp"
#include "actors/runtime/timers_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <thread>

namespace callboard::runtime {
namespace {

class system_config : public caf::actor_system_config {
 public:
  explicit system_config(unsigned threads) {
    // One shared queue wakes idle workers far less often than stealing does (reference: runtime.md, M-T).
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", size_t{100});
  }
};

unsigned threads_for(const runtime_settings& settings) {
  return settings.scheduler_threads ? settings.scheduler_threads : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

struct node_runtime::parts {
  parts(node_runtime& self, store& journal, work_pool& readers, const runtime_settings& settings,
        runtime_hooks hooks)
      : config(threads_for(settings)), shared(journal, self, readers, settings, std::move(hooks)), system(config),
        router(shared) {}

  system_config config;
  node_context shared;
  caf::actor_system system;
  commit_router router;
  bool stopped = false;
};

node_runtime::node_runtime(store& journal, work_pool& readers, runtime_settings settings, runtime_hooks hooks)
    : parts_(std::make_unique<parts>(*this, journal, readers, settings, std::move(hooks))) {
  auto& shared = parts_->shared;
  auto& system = parts_->system;
  shared.hub = system.spawn<hub_actor>(std::ref(shared));
  for (auto& shard : shared.shards)
    shard = system.spawn<shard_actor>(std::ref(shared));
  journal.start(parts_->router);
  shared.timers = system.spawn<timers_actor>(std::ref(shared));
  shared.outbox = system.spawn<outbox_actor>(std::ref(shared));
}

node_runtime::~node_runtime() {
  stop();
  parts_->system.await_all_actors_done();
  auto& shared = parts_->shared;
  shared.timers = shared.outbox = shared.hub = nullptr;
  shared.shards.fill(nullptr);
}

void node_runtime::stop() {
  if (std::exchange(parts_->stopped, true))
    return;
  auto& shared = parts_->shared;
  shared.journal.stop();
  shared.readers.stop();
  caf::anon_send(shared.timers, stop_actor{});
  caf::anon_send(shared.outbox, stop_actor{});
  for (auto& shard : shared.shards)
    caf::anon_send(shard, stop_actor{});
  caf::anon_send(shared.hub, stop_actor{});
}

void node_runtime::tell(envelope_ptr message) {
  const auto shard = shard_of(slice_of(message->to));
  caf::anon_send(parts_->shared.shards[shard], std::move(message));
}

void node_runtime::subscribe(subscribe_request request) {
  const auto shard = shard_of(slice_of(request.stream));
  caf::anon_send(parts_->shared.shards[shard],
                 subscribe_wish{std::make_shared<const subscribe_request>(std::move(request))});
}

void node_runtime::unsubscribe(stream_sink* sink, const entity_ref& stream, std::uint64_t token) {
  caf::anon_send(parts_->shared.hub, unsubscribe_wish{sink, stream, token});
}

void node_runtime::catch_up(stream_sink* sink, const entity_ref& stream, std::uint64_t token, std::uint64_t after,
                            std::size_t limit) {
  caf::anon_send(parts_->shared.hub, catch_up_wish{sink, stream, token, after, limit});
}

std::uint64_t node_runtime::stream_epoch() const noexcept { return parts_->shared.journal.stream_epoch(); }

const inspector& node_runtime::inspect() const noexcept { return parts_->shared.inspector; }
std::uint64_t node_runtime::overloads() const noexcept { return parts_->shared.overloads.load(); }
std::uint64_t node_runtime::restarts() const noexcept { return parts_->shared.restarts.load(); }

}  // namespace callboard::runtime
