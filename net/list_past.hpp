#pragma once

#include "actors/list/list_past.hpp"
#include "actors/ports/store.hpp"
#include "net/event_loop.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace callboard::net {

/// A moment in a list's life: after an event, or at a time; the present if neither is given.
struct past_moment {
  std::optional<std::uint64_t> seq;
  std::optional<timestamp> at;

  bool given() const noexcept { return seq || at; }
};

/// What reading the past needs: the loop, the readers' pool and the journal (api_dependencies has the same).
struct past_sources {
  event_loop& loop;
  std::function<bool(std::function<void()>)> readers;
  std::function<result<std::vector<event_ptr>>(const entity_ref& ref, std::uint64_t after, std::size_t limit)> events;
  std::function<result<std::optional<snapshot_row>>(const entity_ref& ref, std::uint64_t seq)> snapshot_before;
  std::atomic<int>& running;  ///< of the whole node
};

/// Reads lists as they stood once, from a kept snapshot and the events after it: beside the entities, on the readers'
/// pool, two at a time a node (API.md section 20). Loop thread.
class list_past {
 public:
  /// Runs on a reader's thread, or on the loop's with a refusal; what it returns runs on the loop's thread.
  using use = std::function<std::function<void()>(result<list::past_list>)>;

  explicit list_past(past_sources sources) : from_(std::move(sources)) {}

  /// `now` is the list's own answer to get_standing: it has judged who asks.
  void read(const uuid& id, const past_moment& moment, list::standing now, use then);

 private:
  result<list::past_list> replay(const uuid& id, const past_moment& moment, list::standing&& now) const;
  result<std::uint64_t> seq_at(const entity_ref& ref, timestamp at, std::uint64_t head) const;

  past_sources from_;
};

}  // namespace callboard::net
