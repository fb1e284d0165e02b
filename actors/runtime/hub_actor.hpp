#pragma once

#include "actors/runtime/node_context.hpp"
#include "actors/runtime/event_ring.hpp"
#include "actors/runtime/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace callboard::runtime {

/// The fan-out actor of a node: renders each committed event once and hands the shared bytes to every edge thread that
/// follows the stream. Keeps a ring of the newest events, from which resumes are answered. Messages:
///   stream_steps      what a batch means for followed streams, in lane order
///   unsubscribe_wish  one subscription is over
///   catch_up_wish     a page of older events, from the ring or the journal
class hub_actor final : public caf::event_based_actor {
 public:
  /// A ring stays this long after its last subscriber left.
  static constexpr std::chrono::minutes ring_linger{2};
  static constexpr std::size_t ring_bytes_max = 64 * 1024 * 1024;

  hub_actor(caf::actor_config& config, node_context& shared);

  caf::behavior make_behavior() override;

 private:
  struct subscriber {
    stream_sink* sink;
    std::uint64_t token;
    uuid user;
  };
  struct stream {
    std::vector<subscriber> subscribers;
    event_ring ring;
    std::uint64_t interest_held = 0;  ///< additions to `interest` that this stream accounts for
    steady_time last_left{};
  };
  using outgoing = std::unordered_map<stream_sink*, std::vector<stream_notice>>;

  void on_steps(std::vector<stream_step>& steps);
  void publish(stream& to, stream_step& step, outgoing& out);
  void push(stream& to, stream_step& step, outgoing& out);
  void revoke(stream& from, const stream_step& step, const revocation& what, outgoing& out);
  void start(stream_step& step, outgoing& out);
  void on_unsubscribe(const unsubscribe_wish& wish);
  void on_catch_up(const catch_up_wish& wish);
  void page_from_journal(const catch_up_wish& wish);
  void on_housekeeping();
  void trim_rings();

  node_context& shared_;
  std::unordered_map<entity_ref, stream, entity_ref_hash> streams_;
  std::size_t ring_bytes_ = 0;
};

}  // namespace callboard::runtime
