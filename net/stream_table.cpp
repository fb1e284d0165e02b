#include "net/stream_table.hpp"

#include "actors/base/metrics.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::uint32_t drain_spread_ms = 5000;
constexpr std::chrono::milliseconds answer_grace{2500};  ///< beyond a subscription's deadline

void count_start(stream_started::start_mode mode) {
  using start_mode = stream_started::start_mode;
  node_metrics().ws_resumes.at({mode == start_mode::live ? "live" : mode == start_mode::replay ? "replay" : "snapshot"})
    .add();
}

}  // namespace

stream_table::stream_table(event_loop& loop, entities& target, settings options)
    : loop_(loop), target_(target), settings_(std::move(options)) {}

stream_table::~stream_table() { *alive_ = false; }

void stream_table::start() {
  loop_.after(std::chrono::seconds{1}, [this, alive = alive_] {
    if (!*alive)
      return;
    tick();
    start();
  });
}

std::uint64_t stream_table::add(stream_reader& reader) {
  readers_.emplace(next_reader_, &reader);
  return next_reader_++;
}

void stream_table::remove(std::uint64_t reader) { readers_.erase(reader); }

stream_reader* stream_table::find(std::uint64_t reader) const {
  const auto at = readers_.find(reader);
  return at == readers_.end() ? nullptr : at->second;
}

std::uint64_t stream_table::follow(stream_reader& reader, subscription& one, std::optional<position> since,
                                   snapshot_wish wish) {
  const auto token = next_token_++;
  followers_.emplace(token, follower{&reader, &one});
  const auto deadline = clock().steady() + settings_.deadline;
  unanswered_.emplace_back(deadline + answer_grace, token);
  target_.subscribe({one.stream(), reader.who(), this, token, since, wish, deadline});
  return token;
}

void stream_table::unfollow(std::uint64_t token) {
  const auto at = followers_.find(token);
  if (at == followers_.end())
    return;
  const auto [reader, state, started] = at->second;
  followers_.erase(at);
  // One that has not started yet is taken back when its answer comes.
  if (!started)
    return;
  target_.unsubscribe(this, state->stream(), token);
  leave(state->stream(), token);
}

void stream_table::ask_page(std::uint64_t token, subscription& one) {
  one.page_asked();
  target_.catch_up(this, one.stream(), token, one.position(), one.page_limit());
}

void stream_table::leave(const entity_ref& from, std::uint64_t token) {
  const auto at = streams_.find(from);
  if (at == streams_.end())
    return;
  auto& places = at->second.places;
  const auto place = std::find_if(places.begin(), places.end(), [&](const auto& one) { return one.token == token; });
  if (place == places.end())
    return;
  if (visiting_ == &at->second) {
    place->token = 0;
    return;
  }
  *place = places.back();
  places.pop_back();
  if (places.empty())
    streams_.erase(at);
}

void stream_table::deliver(std::vector<stream_notice>&& notices) noexcept {
  loop_.post([this, batch = std::make_shared<std::vector<stream_notice>>(std::move(notices))] {
    for (auto& notice : *batch)
      handle(std::move(notice));
  });
}

void stream_table::handle(stream_notice&& notice) {
  std::visit([this](auto&& one) { on(std::move(one)); }, std::move(notice));
}

void stream_table::on(stream_started&& answer) {
  const auto at = followers_.find(answer.token);
  if (at == followers_.end()) {
    if (!answer.problem)
      target_.unsubscribe(this, answer.stream, answer.token);
    return;
  }
  const auto [reader, state, started] = at->second;
  if (answer.problem) {
    followers_.erase(at);
  } else {
    count_start(answer.mode);
    at->second.started = true;
    auto& to = streams_[state->stream()];
    to.places.push_back({answer.token, reader, state});
    to.head = std::max(to.head, answer.seq);
    to.last_frame = clock().steady();
  }
  reader->on_started(*state, answer);
}

template <class Visit>
void stream_table::each_place(streams::iterator at, Visit&& visit) {
  auto& one = at->second;
  visiting_ = &one;
  for (std::size_t i = 0; i < one.places.size(); ++i)
    if (one.places[i].token != 0)
      visit(one.places[i]);
  visiting_ = nullptr;
  std::erase_if(one.places, [](const place& gone) { return gone.token == 0; });
  if (one.places.empty())
    streams_.erase(at);
}

void stream_table::on(stream_events&& fresh) {
  const auto at = streams_.find(fresh.stream);
  if (at == streams_.end() || fresh.items.empty())
    return;
  at->second.head = std::max(at->second.head, fresh.items.back().event->seq);
  at->second.last_frame = clock().steady();
  each_place(at, [&](place& one) { one.reader->on_events(*one.state, fresh.items); });
}

void stream_table::on(stream_page&& page) {
  const auto at = followers_.find(page.token);
  if (at != followers_.end())
    at->second.reader->on_page(*at->second.state, std::move(page));
}

void stream_table::on(stream_ended&& end) {
  const auto at = streams_.find(end.stream);
  if (at == streams_.end())
    return;
  each_place(at, [&](place& one) {
    if (end.user && one.reader->who().user != *end.user)
      return;
    const auto reader = one.reader;
    const auto state = one.state;
    followers_.erase(one.token);
    one.token = 0;
    reader->on_ended(*state, end);
  });
}

/// An answer that never came: whoever waits for it is told so, and one that comes later is taken back.
void stream_table::give_up_waiting(steady_time now) {
  for (; !unanswered_.empty() && unanswered_.front().first <= now; unanswered_.pop_front()) {
    const auto token = unanswered_.front().second;
    const auto at = followers_.find(token);
    if (at == followers_.end() || at->second.started)
      continue;
    stream_started none;
    none.token = token;
    none.stream = at->second.state->stream();
    none.problem = refuse(problem_code::journal_unavailable, "the stream did not answer in time; try again");
    on(std::move(none));
  }
}

void stream_table::tick() {
  const auto now = clock().steady();
  give_up_waiting(now);
  std::vector<std::uint64_t> ids;
  ids.reserve(readers_.size());
  for (const auto& [id, reader] : readers_)
    ids.push_back(id);
  for (const auto id : ids)
    if (auto* reader = find(id))
      reader->on_tick(now);
  std::vector<entity_ref> idle;
  for (const auto& [ref, one] : streams_)
    if (now - one.last_frame >= settings_.heartbeat)
      idle.push_back(ref);
  for (const auto& ref : idle)
    if (const auto at = streams_.find(ref); at != streams_.end())
      beat(at->first, now);
}

/// The entity is asked for its digest once after each change: until the next one it stays the same.
void stream_table::beat(const entity_ref& ref, steady_time now) {
  const auto at = streams_.find(ref);
  auto& one = at->second;
  one.last_frame = now;
  if (one.digest.seq == one.head && !one.digest.text.empty())
    return send_heartbeat(at, one.digest.text);
  if (!settings_.digest)
    return send_heartbeat(at, std::nullopt);
  settings_.digest(ref, one.places.front().reader->who(),
                   [this, alive = alive_, ref](std::optional<state_digest> digest) {
                     if (*alive)
                       on_digest(ref, std::move(digest));
                   });
}

void stream_table::on_digest(const entity_ref& ref, std::optional<state_digest>&& digest) {
  const auto at = streams_.find(ref);
  if (at == streams_.end())
    return;
  if (!digest)
    return send_heartbeat(at, std::nullopt);
  // The entity is ahead of what was delivered here, or behind: the next heartbeat tells.
  if (digest->seq != at->second.head)
    return;
  at->second.digest = std::move(*digest);
  send_heartbeat(at, at->second.digest.text);
}

void stream_table::send_heartbeat(streams::iterator at, const std::optional<std::string>& digest) {
  const auto seq = at->second.head;
  const auto frame = share(heartbeat_text(stream_name(at->first), seq, digest));
  each_place(at, [&](place& each) { each.reader->on_heartbeat(*each.state, frame, seq); });
}

template <class Which>
void stream_table::dismiss_if(Which&& which, std::uint16_t code, std::string_view reason) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, reader] : readers_)
    if (which(reader->who()))
      ids.push_back(id);
  for (const auto id : ids)
    if (auto* reader = find(id))
      reader->dismiss(code, reason, static_cast<std::uint32_t>(id * 2654435761u % drain_spread_ms));
}

void stream_table::revoke_session(const uuid& session) {
  loop_.post([this, session] {
    dismiss_if([&](const principal& who) { return who.session == session; }, 4505, "session_revoked");
  });
}

void stream_table::recheck_session(const uuid& session) {
  loop_.post([this, session] {
    dismiss_if([&](const principal& who) { return who.session == session; }, 4001, "token_expired");
  });
}

void stream_table::recheck_tokens(const uuid& user) {
  loop_.post([this, user] {
    dismiss_if([&](const principal& who) { return who.user == user && who.kind == actor_kind::token; }, 4001,
               "token_expired");
  });
}

void stream_table::disable_user(const uuid& user) {
  loop_.post([this, user] {
    dismiss_if([&](const principal& who) { return who.user == user; }, 4506, "account_disabled");
  });
}

void stream_table::drain() {
  loop_.post([this] {
    draining_ = true;
    dismiss_if([](const principal&) { return true; }, 4000, "draining");
  });
}

void stream_table::tell_user(const uuid& user, shared_text frame) {
  loop_.post([this, user, frame = std::move(frame)] {
    const auto at = streams_.find(entity_ref{entity_kind::inbox, to_string(user)});
    if (at != streams_.end())
      each_place(at, [&](place& one) { one.reader->tell(frame); });
  });
}

}  // namespace callboard::net
