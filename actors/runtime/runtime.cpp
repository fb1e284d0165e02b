#include "actors/runtime/runtime.hpp"

#include "actors/base/this_thread.hpp"
#include "actors/runtime/commit_router.hpp"
#include "actors/runtime/hub_actor.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/outbox_actor.hpp"
#include "actors/runtime/shard_actor.hpp"
#include "actors/runtime/timers_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/thread_hook.hpp>

#include <algorithm>
#include <array>
#include <thread>

namespace callboard::runtime {
namespace {

/// Without it each message wakes a worker that takes the processor from the edge thread in the midst of its requests: a
/// fifth fewer durable writes a second at 256 connections.
class batch_workers final : public caf::thread_hook {
 public:
  void init(caf::actor_system&) override {}
  void thread_started() override {
    name_this_thread("actors");
    batch_this_thread();
  }
  void thread_terminates() override {}
};

class system_config : public caf::actor_system_config {
 public:
  explicit system_config(unsigned threads) {
    // One shared queue wakes idle workers far less often than stealing does (reference: runtime.md, M-T).
    add_thread_hook<batch_workers>();
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
  std::array<caf::actor, shard_count> keepers;  // the actors of the shards
  bool stopped = false;
};

node_runtime::node_runtime(store& journal, work_pool& readers, runtime_settings settings, runtime_hooks hooks)
    : parts_(std::make_unique<parts>(*this, journal, readers, settings, std::move(hooks))) {
  auto& shared = parts_->shared;
  auto& system = parts_->system;
  shared.hub = system.spawn<hub_actor>(std::ref(shared));
  for (std::size_t i = 0; i < shard_count; ++i) {
    parts_->keepers[i] = system.spawn<shard_actor>(std::ref(shared), std::ref(shared.shards[i]));
    shared.shards[i].set_keeper(parts_->keepers[i]);
  }
  journal.start(parts_->router);
  shared.timers = system.spawn<timers_actor>(std::ref(shared));
  shared.outbox = system.spawn<outbox_actor>(std::ref(shared));
}

node_runtime::~node_runtime() {
  stop();
  parts_->system.await_all_actors_done();
  auto& shared = parts_->shared;
  shared.timers = shared.outbox = shared.hub = nullptr;
  parts_->keepers.fill(nullptr);
}

void node_runtime::stop() {
  if (std::exchange(parts_->stopped, true))
    return;
  auto& shared = parts_->shared;
  shared.journal.stop();
  shared.readers.stop();
  caf::anon_send(shared.timers, stop_actor{});
  caf::anon_send(shared.outbox, stop_actor{});
  for (const auto& keeper : parts_->keepers)
    caf::anon_send(keeper, stop_actor{});
  caf::anon_send(shared.hub, stop_actor{});
}

void node_runtime::tell(envelope_ptr message) {
  auto& shard = parts_->shared.shard_for(message->to);
  shard.tell(std::move(message));
}

void node_runtime::subscribe(subscribe_request request) {
  auto& shard = parts_->shared.shard_for(request.stream);
  shard.subscribe({std::make_shared<const subscribe_request>(std::move(request))});
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

}  // namespace callboard::runtime
