#pragma once

#include "actors/base/work_pool.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"
#include "actors/runtime/inspector.hpp"
#include "actors/runtime/interest.hpp"
#include "actors/runtime/shard_table.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace callboard::runtime {

/// Bounds of one node's runtime.
struct runtime_settings {
  unsigned scheduler_threads = 0;  ///< 0: one a core
  std::size_t resident_max = 100'000;
  std::uint32_t mailbox_max = 10'000;  ///< messages waiting for one entity
  std::chrono::milliseconds idle_timeout{120'000};
  std::chrono::milliseconds housekeeping_period{5'000};
  std::chrono::milliseconds timer_horizon{60'000};
  std::chrono::milliseconds timer_reload{20'000};
};

/// What the runtime tells the process it runs in. Called on a lane's thread: must not block or throw.
struct runtime_hooks {
  std::function<void()> fenced;  ///< another process owns the store: this one must end
  /// A sign-in, an API token or an account lost rights: its committed event. Edges drop what they know of its tokens.
  std::function<void(const recorded_event&)> rights_changed;
};

/// What all actors of a node share. Lives as long as the runtime.
struct node_context {
  node_context(store& s, entities& e, work_pool& r, const runtime_settings& set, runtime_hooks h)
      : journal(s), way_in(e), readers(r), settings(set), hooks(std::move(h)) {
    for (std::size_t i = 0; i < shard_count; ++i)
      shards.emplace_back(*this);
  }

  shard_table& shard_for(const entity_ref& ref) { return shards[shard_of(slice_of(ref))]; }

  store& journal;
  entities& way_in;
  work_pool& readers;
  runtime_settings settings;
  runtime_hooks hooks;
  runtime::interest interest;
  runtime::inspector inspector;
  caf::actor hub, timers, outbox;
  std::shared_ptr<answer_sink> outbox_answers;  ///< outlives every message that the outbox sent
  std::deque<shard_table> shards;  ///< by shard number
  std::atomic<std::uint64_t> next_activation{1};
};

}  // namespace callboard::runtime
