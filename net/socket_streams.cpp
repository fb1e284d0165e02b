#include "net/socket_session.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::size_t heartbeats_waiting_max = 64;

}  // namespace

void socket_session::on(sub_frame& frame) {
  const auto stream = parse_stream(frame.stream, me_.who.user);
  if (auto* earlier = stream ? find(*stream) : nullptr)
    leave(*earlier);
  if (const auto why = may_follow(stream))
    return send(reply_not_subscribed(frame.id, frame.stream, problem(*why)));
  if (!shared_.quota.take_subscription(me_.who.user))
    return send(reply_not_subscribed(
      frame.id, frame.stream, problem(refuse_field("/stream", "limit", "this user follows too many streams"))));
  auto one = std::make_unique<followed>(*stream, std::move(frame.events));
  one->id = std::move(frame.id);
  one->key = next_key_++;
  one->since = frame.since ? frame.since->seq : 0;
  auto& kept = *followed_.emplace_back(std::move(one));
  kept.token = shared_.table.follow(*this, kept, frame.since, frame.snapshot);
}

std::optional<refusal> socket_session::may_follow(const std::optional<entity_ref>& stream) const {
  if (!has(me_.who.scopes, scope::tasks_read))
    return refusal{problem_code::scope_missing, "the token lacks tasks:read", {}, R"("scope":"tasks:read")"};
  if (!stream || (stream->kind == entity_kind::inbox && stream->id != to_string(me_.who.user)))
    return refuse(problem_code::not_found, "there is no such stream");
  if (followed_.size() >= shared_.settings.subscriptions_max)
    return refuse_field("/stream", "limit", "this socket follows too many streams");
  return std::nullopt;
}

void socket_session::on(unsub_frame& frame) {
  const auto stream = parse_stream(frame.stream, me_.who.user);
  auto* one = stream ? find(*stream) : nullptr;
  if (!one)
    return send(reply_not_subscribed(frame.id, frame.stream,
                                     problem(refuse(problem_code::not_found, "there is no such subscription"))));
  const auto name = one->name();
  leave(*one);
  send(reply_unsubscribed(frame.id, name));
}

// -- what the table tells -------------------------------------------------------------------------------------------

void socket_session::on_started(subscription& what, const stream_started& answer) {
  auto& one = static_cast<followed&>(what);
  if (answer.problem) {
    send(reply_not_subscribed(one.id, one.name(), problem(*answer.problem)));
    one.end();
    forget(one);
    return sweep();
  }
  one.start(answer, one.since);
  send(reply_subscribed(one.id, one.name(), shared_.table.epoch(), answer));
  one.id = {};
  if (one.is_bulk())
    list_bulk(one);
}

void socket_session::on_events(subscription& what, const std::vector<published>& items) {
  auto& one = static_cast<followed&>(what);
  bool pushed = false, ended = false;
  one.on_events(items, [&](subscription::outgoing&& event) {
    if (!queue_.has_room(event.frame->size())) {
      make_room(event.frame->size());
      ended = true;
      if (one.now() == subscription::phase::over)
        return;
    }
    queue_.push_event(std::move(event.frame), one.key, event.seq, event.prev);
    pushed = true;
  });
  if (one.is_bulk() && !one.listed)
    list_bulk(one);
  if (pushed)
    wake();
  if (ended)
    sweep();
}

void socket_session::on_page(subscription& what, stream_page&& page) {
  auto& one = static_cast<followed&>(what);
  if (page.problem && info(page.problem->code).status == 503) {
    one.stalled = true;
    return;
  }
  if (page.problem || !one.on_page(std::move(page.items))) {
    queue_.drop_events(one.key);
    end_with_resync(one, "too_old", one.head());
    return sweep();
  }
  wake();
}

void socket_session::on_ended(subscription& what, const stream_ended& end) {
  auto& one = static_cast<followed&>(what);
  one.token = 0;
  end_with_resync(one, end.reason, std::max(end.seq, one.head()));
  sweep();
}

void socket_session::on_heartbeat(subscription& what, const shared_text& frame, std::uint64_t seq) {
  // It may stand behind events. A socket that takes nothing gets no more of them.
  if (phase_ != phase::open || what.now() != subscription::phase::live || what.head() != seq ||
      queue_.control_frames() >= heartbeats_waiting_max)
    return;
  queue_.push_control(frame);
  wake();
}

// -- endings --------------------------------------------------------------------------------------------------------

void socket_session::end_with_resync(followed& one, std::string_view reason, std::uint64_t seq) {
  const bool overflow = reason == "overflow";
  send(resync_text(one.name(), reason, shared_.table.epoch(), seq),
       overflow ? outbound_queue::frame_kind::resync : outbound_queue::frame_kind::control);
  if (overflow && !resync_since_)
    resync_since_ = shared_.table.clock().steady();
  drop(one);
}

/// The client wants it no more; a `sub` that was not answered yet still gets its reply.
void socket_session::leave(followed& one) {
  if (one.now() == subscription::phase::starting)
    send(reply_not_subscribed(one.id, one.name(),
                              problem(refuse(problem_code::conflict, "a later frame took the place of this one"))));
  queue_.drop_events(one.key);
  drop(one);
  sweep();
}

/// Ends it everywhere; sweep() then takes it out of memory.
void socket_session::drop(followed& one) {
  if (one.now() == subscription::phase::over)
    return;
  one.end();
  if (one.token != 0)
    shared_.table.unfollow(std::exchange(one.token, 0));
  forget(one);
}

void socket_session::forget(const followed& one) {
  shared_.quota.return_subscription(me_.who.user);
  if (one.listed)
    std::erase(bulk_, &one);
}

void socket_session::sweep() {
  std::erase_if(followed_, [](const auto& one) { return one->now() == subscription::phase::over; });
}

void socket_session::make_room(std::size_t bytes) {
  while (!queue_.has_room(bytes)) {
    const auto key = queue_.heaviest();
    if (key == 0)
      return;
    queue_.drop_events(key);
    if (auto* victim = find(key))
      end_with_resync(*victim, "overflow", victim->head());
  }
}

// -- snapshots and replays ------------------------------------------------------------------------------------------

void socket_session::list_bulk(followed& one) {
  one.listed = true;
  bulk_.push_back(&one);
  pump();
  wake();
}

void socket_session::take_bulk(message_builder& into) {
  const auto fits = [&](const followed& one) {
    return into.frames() == 0 || into.bytes() + one.bulk_bytes() <= message_bytes_max;
  };
  for (auto* one : bulk_)
    while (one->has_bulk() && fits(*one))
      one->take_bulk(into, shared_.table.epoch());
  std::erase_if(bulk_, [](followed* one) {
    one->listed = one->is_bulk();
    return !one->listed;
  });
  // Whoever came first this time comes last the next.
  if (bulk_.size() > 1)
    std::rotate(bulk_.begin(), bulk_.begin() + 1, bulk_.end());
  pump();
}

void socket_session::pump() {
  auto ahead = static_cast<std::size_t>(std::count_if(bulk_.begin(), bulk_.end(), [](const followed* one) {
    return one->page_is_asked() || (one->now() == subscription::phase::behind && one->has_bulk());
  }));
  for (auto* one : bulk_) {
    if (ahead >= pages_ahead_max)
      return;
    if (!one->wants_page())
      continue;
    shared_.table.ask_page(one->token, *one);
    ++ahead;
  }
}

socket_session::followed* socket_session::find(const entity_ref& stream) {
  const auto at = std::find_if(followed_.begin(), followed_.end(), [&](const auto& one) {
    return one->now() != subscription::phase::over && one->stream() == stream;
  });
  return at == followed_.end() ? nullptr : at->get();
}

socket_session::followed* socket_session::find(std::uint32_t key) {
  const auto at =
    std::find_if(followed_.begin(), followed_.end(), [&](const auto& one) { return one->key == key; });
  return at == followed_.end() ? nullptr : at->get();
}

}  // namespace callboard::net
