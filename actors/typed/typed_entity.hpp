#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/typed/plan.hpp"

#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>

namespace callboard {

/// Binds a kind's typed rules to the runtime's `aggregate`. `Rules` has the types state, message
/// and event and the static functions decide, evolve, reply, ask, subscribe, encode, decode_event,
/// save, load and bytes.
template <class Rules>
class typed_entity final : public aggregate {
 public:
  explicit typed_entity(entity_ref self) : self_(std::move(self)) {}

  result<decision> decide(const envelope& command, timestamp now) override {
    const auto& message = body_as<typename Rules::message>(*command.body);
    auto planned = Rules::decide(state_, message, decide_context{self_, command, seq_, now});
    if (!planned)
      return planned.error();
    decision out;
    for (const auto& event : planned->events) {
      out.events.push_back(Rules::encode(self_, event));
      Rules::evolve(state_, event, happening{++seq_, now, command.op_id});
    }
    out.reply = Rules::reply(self_, state_, message, *planned);
    out.reply.seq = seq_;
    out.timers = std::move(planned->timers);
    out.outbox = std::move(planned->outbox);
    return out;
  }

  answer ask(const envelope& query, timestamp now) const override {
    auto out = Rules::ask(self_, state_, body_as<typename Rules::message>(*query.body), now);
    out.seq = seq_;
    return out;
  }

  result<stream_start> subscribe(const principal& who, bool with_snapshot) const override {
    auto start = Rules::subscribe(self_, state_, who, with_snapshot);
    if (start)
      start->seq = seq_;
    return start;
  }

  void replay(const recorded_event& event) override {
    if (event.seq != seq_ + 1)
      throw std::logic_error("event " + std::to_string(event.seq) + " does not follow " +
                             std::to_string(seq_) + " of " + self_.id);
    const auto decoded = Rules::decode_event(event.type, *event.data);
    Rules::evolve(state_, decoded, happening{++seq_, event.at, event.meta.op_id});
  }

  std::string snapshot() const override { return std::to_string(seq_) + ' ' + Rules::save(state_); }

  result<void> restore(std::string_view bytes) override {
    const auto* end = bytes.data() + bytes.size();
    std::uint64_t seq = 0;
    const auto head = std::from_chars(bytes.data(), end, seq);
    if (head.ec != std::errc{} || head.ptr == end || *head.ptr != ' ')
      return refuse(problem_code::internal, "snapshot is damaged: no number");
    try {
      state_ = Rules::load({head.ptr + 1, static_cast<std::size_t>(end - head.ptr - 1)});
    } catch (const std::exception& e) {
      return refuse(problem_code::internal, std::string("snapshot is damaged: ") + e.what());
    }
    seq_ = seq;
    return {};
  }

  std::uint64_t seq() const noexcept override { return seq_; }
  std::size_t state_bytes() const noexcept override {
    return sizeof *this + self_.id.size() + Rules::bytes(state_);
  }

 private:
  entity_ref self_;
  typename Rules::state state_;
  std::uint64_t seq_ = 0;
};

template <class Rules>
std::unique_ptr<aggregate> make_typed_entity(const entity_ref& ref) {
  return std::make_unique<typed_entity<Rules>>(ref);
}

}  // namespace callboard
