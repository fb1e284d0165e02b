#pragma once

#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"
#include "actors/runtime/node_context.hpp"

#include <memory>

namespace callboard::runtime {

/// The actors of one node. Owns the actor system; the store outlives it.
class node_runtime final : public entities {
 public:
  /// Starts the store's lanes and the actors.
  node_runtime(store& journal, work_pool& readers, runtime_settings settings, runtime_hooks hooks);
  ~node_runtime() override;

  /// Commits what is under way, then stops every actor. Once; after the edges have stopped.
  void stop();

  void tell(envelope_ptr message) override;
  void subscribe(subscribe_request request) override;
  void unsubscribe(stream_sink* sink, const entity_ref& stream, std::uint64_t token) override;
  void catch_up(stream_sink* sink, const entity_ref& stream, std::uint64_t token, std::uint64_t after,
                std::size_t limit) override;
  std::uint64_t stream_epoch() const noexcept override;

  const inspector& inspect() const noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace callboard::runtime
