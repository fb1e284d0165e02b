#include "net/event_stream.hpp"

#include "actors/base/json_writer.hpp"
#include "net/resume_id.hpp"

#include <algorithm>
#include <utility>

namespace callboard::net {
namespace {

const shared_text& event_tail() {
  static const shared_text text = share("\n\n");
  return text;
}

refusal dismissed(std::uint16_t code) {
  if (code == 4000)
    return refuse(problem_code::draining, "the node is about to stop; another one answers");
  if (code == 4001)
    return refuse(problem_code::token_expired, "the access token is over");
  return refuse(problem_code::token_revoked, "this sign-in has ended");
}

}  // namespace

event_stream::event_stream(stream_table& table, user_quota& quota, events_request&& request)
    : table_(table), quota_(quota), who_(request.who), expires_(request.expires) {
  for (auto& wish : request.streams) {
    auto& one = *followed_.emplace_back(std::make_unique<followed>(std::move(wish.stream), request.events));
    one.since = wish.since;
    one.key = resume_id::key_of(one.stream());
  }
}

event_stream::~event_stream() { leave(); }

// -- starting -------------------------------------------------------------------------------------------------------

void event_stream::start(started done) {
  done_ = std::move(done);
  if (table_.is_draining())
    return fail(dismissed(4000));
  const auto& user = who_.user;
  socket_held_ = quota_.take_socket(user);
  if (!socket_held_)
    return fail(refuse(problem_code::rate_limited, "this user has too many sockets open"));
  quota_.enter(who_.session);
  for (; subscriptions_held_ < followed_.size(); ++subscriptions_held_)
    if (!quota_.take_subscription(user))
      return fail(refuse(problem_code::rate_limited, "this user follows too many streams"));
  reader_ = table_.add(*this);
  unanswered_ = followed_.size();
  for (const auto& one : followed_)
    one->token = table_.follow(*this, *one, one->since, snapshot_wish::never);
}

/// Nothing of this object may be touched after it.
void event_stream::fail(refusal why) {
  leave();
  if (const auto done = std::exchange(done_, nullptr))
    done(std::move(why));
}

void event_stream::abandon() noexcept {
  for (const auto& one : followed_)
    one->token = 0;
}

void event_stream::on_started(subscription& what, const stream_started& answer) {
  auto& one = static_cast<followed&>(what);
  if (answer.problem) {
    one.token = 0;
    one.subscription::end();
    return fail(*answer.problem);
  }
  one.start(answer, one.since ? one.since->seq : 0);
  one.answer = answer;
  one.told = one.position();
  one.has_answer = true;
  if (--unanswered_ == 0)
    begin();
}

void event_stream::begin() {
  // What came live while other streams were still starting waits behind this.
  std::string first = "event: ready\nid: " + (last_id_ = id_text()) + "\ndata: " + ready_data() + "\n\n";
  queued_bytes_ += first.size();
  queue_.push_front({nullptr, share(std::move(first))});
  for (const auto& one : followed_)
    if (one->since && !one->answer.recovered)
      say("resync",
          resync_text(one->name(), one->since->epoch == table_.epoch() ? "too_old" : "epoch_changed", table_.epoch(),
                      one->answer.seq));
  if (const auto done = std::exchange(done_, nullptr))
    done(std::nullopt);
}

std::string event_stream::ready_data() const {
  json_writer w(128 + 128 * followed_.size());
  w.open('{').member("epoch", epoch_text(table_.epoch())).key("streams").open('[');
  for (const auto& one : followed_) {
    w.open('{').member("stream", one->name()).member("seq", one->answer.seq);
    w.member("mode", one->answer.recovered ? "replay" : "live").member("recovered", one->answer.recovered).close('}');
  }
  return w.close(']').close('}').take();
}

void event_stream::on_open(body_sink& sink) {
  sink_ = &sink;
  last_written_ = table_.clock().steady();
  pump();
}

// -- what the table tells -------------------------------------------------------------------------------------------

void event_stream::on_events(subscription& what, const std::vector<published>& items) {
  auto& one = static_cast<followed&>(what);
  one.on_events(items, [&](subscription::outgoing&& event) { push(one, std::move(event)); });
  pump();
  wake();
}

bool event_stream::has_room(std::size_t bytes) const {
  return queued_bytes_ + bytes <= queue_bytes_max && queue_.size() < queue_events_max;
}

void event_stream::push(followed& one, subscription::outgoing&& event) {
  if (!has_room(event.frame->size()))
    return overflow(one, event.prev);
  queued_bytes_ += event.frame->size();
  queue_.push_back({&one, std::move(event.frame), event.seq, event.prev});
}

/// A reader that is too slow for live events pulls them, as one that comes back would: nothing is lost, nothing waits.
void event_stream::overflow(followed& one, std::uint64_t prev) {
  const auto first = std::find_if(queue_.begin(), queue_.end(), [&](const item& each) { return each.of == &one; });
  one.fall_behind(first == queue_.end() ? prev : first->prev);
  drop_items(&one);
}

void event_stream::drop_items(const followed* of) {
  std::erase_if(queue_, [&](const item& each) {
    if (each.of != of)
      return false;
    queued_bytes_ -= each.text->size();
    return true;
  });
}

void event_stream::on_page(subscription& what, stream_page&& page) {
  auto& one = static_cast<followed&>(what);
  if (page.problem && info(page.problem->code).status == 503) {
    one.stalled = true;
    return;
  }
  if (page.problem || !one.on_page(std::move(page.items)))
    return end(one, "too_old", one.head());
  wake();
}

void event_stream::on_ended(subscription& what, const stream_ended& ended) {
  auto& one = static_cast<followed&>(what);
  one.token = 0;
  if (unanswered_ > 0)
    return fail(refuse(problem_code::not_found, "there is no such stream"));
  end(one, ended.reason, std::max(ended.seq, one.head()));
}

/// The stream is over for this reader; without any the answer is.
void event_stream::end(followed& one, std::string_view reason, std::uint64_t seq) {
  drop_items(&one);
  say("resync", resync_text(one.name(), reason, table_.epoch(), seq));
  one.subscription::end();
  if (one.token != 0)
    table_.unfollow(std::exchange(one.token, 0));
  const bool any = std::any_of(followed_.begin(), followed_.end(), [](const auto& each) {
    return each->now() != subscription::phase::over;
  });
  if (!any)
    dismiss(1000, "no stream is left", 0);
  wake();
}

void event_stream::tell(const shared_text& frame) {
  if (closing_ || unanswered_ > 0 || !has_room(frame->size()))
    return;
  say("cmd", *frame);
  wake();
}

void event_stream::on_tick(steady_time now) {
  if (closing_)
    return;
  if (expires_ != timestamp{} && expires_ <= table_.clock().wall())
    return dismiss(4001, "token_expired", 0);
  for (const auto& one : followed_)
    if (std::exchange(one->stalled, false))
      one->page_failed();
  pump();
  if (!sink_ || now - last_written_ < comment_interval || !queue_.empty())
    return;
  last_written_ = now;
  // Events that were filtered out move the position too: an id without data tells it and dispatches nothing.
  for (const auto& one : followed_)
    if (one->now() == subscription::phase::live)
      one->told = one->position();
  auto id = id_text();
  auto text = id == last_id_ ? std::string(": still here\n\n") : ": still here\nid: " + id + "\n\n";
  last_id_ = std::move(id);
  queued_bytes_ += text.size();
  queue_.push_back({nullptr, share(std::move(text))});
  wake();
}

void event_stream::dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) {
  if (closing_)
    return;
  if (done_)
    return fail(dismissed(code));
  closing_ = true;
  for (const auto& one : followed_) {
    drop_items(one.get());
    one->subscription::end();
    if (one->token != 0)
      table_.unfollow(std::exchange(one->token, 0));
  }
  const bool reconnect = code >= 4000 && code < 4500;
  if (reconnect && retry_ms > 0)
    say("bye", bye_text(code, reason, retry_ms, true) + "\nretry: " + std::to_string(retry_ms));
  else
    say("bye", bye_text(code, reason, retry_ms, reconnect));
  wake();
}

// -- what goes out --------------------------------------------------------------------------------------------------

void event_stream::say(std::string_view event, std::string_view data) {
  std::string text;
  text.reserve(event.size() + data.size() + 24);
  text.append("event: ").append(event).append("\n");
  text.append("data: ").append(data).append("\n\n");
  queued_bytes_ += text.size();
  queue_.push_back({nullptr, share(std::move(text))});
}

std::string event_stream::id_text() const {
  resume_id id(table_.epoch());
  for (const auto& one : followed_)
    if (one->now() != subscription::phase::over)
      id.add(one->key, one->told);
  return id.text();
}

body_part event_stream::take(text_pieces& out) {
  std::size_t bytes = 0;
  take_queue(out, bytes);
  if (queue_.empty() && !closing_)
    take_pages(out, bytes);
  if (bytes > 0)
    last_written_ = table_.clock().steady();
  if (closing_ && queue_.empty())
    return body_part::last;
  return bytes > 0 ? body_part::some : body_part::none;
}

void event_stream::take_queue(text_pieces& out, std::size_t& bytes) {
  while (!queue_.empty() && bytes < piece_bytes) {
    auto next = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= next.text->size();
    if (next.of) {
      write_event(*next.of, std::move(next.text), next.seq, out, bytes);
      continue;
    }
    bytes += next.text->size();
    out.push_back(std::move(next.text));
  }
}

void event_stream::take_pages(text_pieces& out, std::size_t& bytes) {
  for (const auto& one : followed_)
    while (one->now() == subscription::phase::behind && one->has_bulk() && bytes < piece_bytes) {
      for (auto& event : one->take_page())
        write_event(*one, std::move(event.frame), event.seq, out, bytes);
      one->told = one->position();
    }
  // Whoever came first this time comes last the next.
  if (followed_.size() > 1)
    std::rotate(followed_.begin(), followed_.begin() + 1, followed_.end());
  pump();
}

void event_stream::write_event(followed& one, shared_text frame, std::uint64_t seq, text_pieces& out,
                               std::size_t& bytes) {
  one.told = seq;
  last_id_ = id_text();
  auto head = share("event: ev\nid: " + last_id_ + "\ndata: ");
  bytes += head->size() + frame->size() + 2;
  out.push_back(std::move(head));
  out.push_back(std::move(frame));
  out.push_back(event_tail());
}

void event_stream::pump() {
  if (!sink_ || closing_)
    return;
  auto ahead = static_cast<std::size_t>(std::count_if(followed_.begin(), followed_.end(), [](const auto& one) {
    return one->page_is_asked() || (one->now() == subscription::phase::behind && one->has_bulk());
  }));
  for (const auto& one : followed_) {
    if (ahead >= pages_ahead_max)
      return;
    if (!one->wants_page())
      continue;
    table_.ask_page(one->token, *one);
    ++ahead;
  }
}

void event_stream::wake() {
  if (sink_)
    sink_->wake();
}

void event_stream::leave() {
  sink_ = nullptr;
  for (const auto& one : followed_) {
    one->subscription::end();
    if (one->token != 0)
      table_.unfollow(std::exchange(one->token, 0));
  }
  if (reader_ != 0)
    table_.remove(std::exchange(reader_, 0));
  for (; subscriptions_held_ > 0; --subscriptions_held_)
    quota_.return_subscription(who_.user);
  if (std::exchange(socket_held_, false)) {
    quota_.return_socket(who_.user);
    quota_.leave(who_.session);
  }
}

}  // namespace callboard::net
