#include "net/event_poll.hpp"

#include <algorithm>
#include <utility>

namespace callboard::net {

event_poll::event_poll(stream_table& table, user_quota& quota, poll_request&& request)
    : table_(table), quota_(quota), who_(request.who), expires_(request.expires), since_(request.wish.since), filter_(request.events),
      one_(std::move(request.wish.stream), request.events), wait_(request.wait) {}

event_poll::~event_poll() { leave(); }

void event_poll::start(poll_done done) {
  done_ = std::move(done);
  if (table_.is_draining())
    return finish(refuse(problem_code::draining, "the node is about to stop; another one answers"));
  socket_held_ = quota_.take_socket(who_.user);
  if (!socket_held_)
    return finish(refuse(problem_code::rate_limited, "this user has too many sockets open"));
  quota_.enter(who_.session);
  subscription_held_ = quota_.take_subscription(who_.user);
  if (!subscription_held_)
    return finish(refuse(problem_code::rate_limited, "this user follows too many streams"));
  until_ = table_.clock().steady() + wait_;
  reader_ = table_.add(*this);
  token_ = table_.follow(*this, one_, since_, snapshot_wish::never);
}

void event_poll::on_started(subscription&, const stream_started& answer) {
  if (answer.problem) {
    token_ = 0;
    return finish(*answer.problem);
  }
  if (!since_)
    return finish(poll_answer{answer.seq, {}});
  if (!answer.recovered)
    return finish(refuse(problem_code::position_expired,
                         "events from this position on are not given any more: read the state, and go on from its seq"));
  one_.start(answer, since_->seq);
  if (one_.wants_page())
    return table_.ask_page(token_, one_);
  if (wait_.count() == 0)
    answer_found();
}

void event_poll::on_events(subscription&, const std::vector<published>& items) {
  auto next = items.begin();
  one_.on_events(items, [&](subscription::outgoing&& event) {
    next = std::find_if(next, items.end(), [&](const published& each) { return each.event->seq == event.seq; });
    found_.push_back(next->event);
  });
  if (!found_.empty())
    answer_found();
  else if (one_.wants_page())
    table_.ask_page(token_, one_);
}

void event_poll::on_page(subscription&, stream_page&& page) {
  if (page.problem && info(page.problem->code).status == 503) {
    stalled_ = true;
    return;
  }
  std::vector<event_ptr> events;
  for (const auto& each : page.items)
    events.push_back(each.event);
  if (page.problem || !one_.on_page(std::move(page.items)))
    return finish(page.problem ? *page.problem
                               : refuse(problem_code::position_expired, "the stream cannot be read from there without a gap"));
  while (one_.has_bulk())
    for (const auto& out : one_.take_page())
      if (const auto at = std::find_if(events.begin(), events.end(),
                                       [&](const event_ptr& each) { return each->seq == out.seq; });
          at != events.end())
        found_.push_back(*at);
  if (!found_.empty() || (is_waiting() && wait_.count() == 0))
    return answer_found();
  if (one_.wants_page())
    table_.ask_page(token_, one_);
}

void event_poll::on_ended(subscription&, const stream_ended&) {
  token_ = 0;
  finish(refuse(problem_code::not_found, "there is no such stream"));
}

void event_poll::on_tick(steady_time now) {
  if (expires_ != timestamp{} && expires_ <= table_.clock().wall())
    return finish(refuse(problem_code::token_expired, "the access token is over"));
  if (one_.now() == subscription::phase::starting)
    return;
  if (now >= until_)
    return answer_found();
  if (std::exchange(stalled_, false)) {
    one_.page_failed();
    if (one_.wants_page())
      table_.ask_page(token_, one_);
  }
}

void event_poll::dismiss(std::uint16_t code, std::string_view, std::uint32_t) {
  if (code == 4000 && one_.now() != subscription::phase::starting)
    return answer_found();
  if (code == 4000)
    return finish(refuse(problem_code::draining, "the node is about to stop; another one answers"));
  if (code == 4001)
    return finish(refuse(problem_code::token_expired, "the access token is over"));
  finish(refuse(problem_code::token_revoked, "this sign-in has ended"));
}

void event_poll::answer_found() { finish(poll_answer{one_.position(), std::move(found_)}); }

/// Nothing of this object may be touched after it.
void event_poll::finish(result<poll_answer> with) {
  leave();
  if (const auto done = std::exchange(done_, nullptr))
    done(std::move(with));
}

void event_poll::leave() {
  if (token_ != 0)
    table_.unfollow(std::exchange(token_, 0));
  if (reader_ != 0)
    table_.remove(std::exchange(reader_, 0));
  if (std::exchange(subscription_held_, false))
    quota_.return_subscription(who_.user);
  if (std::exchange(socket_held_, false)) {
    quota_.return_socket(who_.user);
    quota_.leave(who_.session);
  }
}

}  // namespace callboard::net
