#include "net/list_past.hpp"

#include "actors/list/list_json.hpp"

#include <algorithm>
#include <exception>

namespace callboard::net {
namespace {

constexpr int replays_max = 2;
constexpr std::size_t page_events = 2'000;

refusal nothing_then() { return refuse(problem_code::not_found, "the list was not there at that position or time"); }

/// One of the node's places for replays; given back when the last owner is gone.
class replay_place {
 public:
  static std::shared_ptr<replay_place> take(std::atomic<int>& running) {
    if (running.fetch_add(1, std::memory_order_relaxed) < replays_max)
      return std::make_shared<replay_place>(running);
    running.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  explicit replay_place(std::atomic<int>& running) : running_(running) {}
  ~replay_place() { running_.fetch_sub(1, std::memory_order_relaxed); }
  replay_place(const replay_place&) = delete;
  replay_place& operator=(const replay_place&) = delete;

 private:
  std::atomic<int>& running_;
};

}  // namespace

void list_past::read(const uuid& id, const past_moment& moment, list::standing now, use then) {
  if (moment.seq && (*moment.seq == 0 || *moment.seq > now.head))
    return then(nothing_then())();
  auto place = replay_place::take(from_.running);
  if (!place)
    return then(refuse(problem_code::overloaded, "two lists are being read as they stood once; try again shortly"))();
  auto shared_now = std::make_shared<list::standing>(std::move(now));
  const bool taken = from_.readers([this, id, moment, shared_now, then, place]() mutable {
    auto answer = then(replay(id, moment, std::move(*shared_now)));
    place.reset();
    from_.loop.post(std::move(answer));
  });
  if (!taken)
    then(refuse(problem_code::overloaded, "too many reads are waiting; try again shortly"))();
}

/// The last event not later than `at`; times do not fall along a journal. 0: there is none.
result<std::uint64_t> list_past::seq_at(const entity_ref& ref, timestamp at, std::uint64_t head) const {
  std::uint64_t known = 0;
  for (auto over = head + 1; over - known > 1;) {
    const auto middle = known + (over - known) / 2;
    const auto event = from_.events(ref, middle - 1, 1);
    if (!event)
      return event.error();
    if (event->empty() || event->front()->at > at)
      over = middle;
    else
      known = middle;
  }
  return known;
}

result<list::past_list> list_past::replay(const uuid& id, const past_moment& moment, list::standing&& now) const {
  const entity_ref ref{entity_kind::list, to_string(id)};
  auto wanted = moment.seq.value_or(now.head);
  if (moment.at) {
    const auto found = seq_at(ref, *moment.at, now.head);
    if (!found)
      return found.error();
    wanted = *found;
  }
  if (wanted == 0)
    return nothing_then();
  list::past_list past;
  past.then.id = id;
  past.now = std::move(now);
  if (from_.snapshot_before) {
    const auto kept = from_.snapshot_before(ref, wanted);
    if (!kept)
      return kept.error();
    if (*kept)
      if (auto ok = list::decode_state((*kept)->state, past.then); !ok)
        return ok.error();
  }
  try {
    while (past.then.seq < wanted) {
      const auto left = wanted - past.then.seq;
      const auto events = from_.events(ref, past.then.seq, std::min<std::uint64_t>(left, page_events));
      if (!events)
        return events.error();
      if (events->empty())
        return refuse(problem_code::journal_unavailable, "the journal does not reach that position now; try again");
      for (const auto& event : *events)
        list::apply_recorded(past.then, *event);
    }
  } catch (const std::exception&) {
    return refuse(problem_code::internal, "the list's journal cannot be replayed to that position");
  }
  list::leave_out_purged(past);
  return past;
}

}  // namespace callboard::net
