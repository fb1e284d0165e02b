#include "actors/runtime/hub_actor.hpp"

#include "actors/runtime/guarded.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <unordered_set>

namespace callboard::runtime {
namespace {

published render(event_ptr event) {
  auto frame = share(render_ev_frame(*event, event->seq - 1));
  return {std::move(event), std::move(frame)};
}

}  // namespace

hub_actor::hub_actor(caf::actor_config& config, node_context& shared) : caf::event_based_actor(config), shared_(shared) {}

caf::behavior hub_actor::make_behavior() {
  delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
  return {
    [this](const stream_steps& message) { on_steps(*message.steps); },
    [this](const unsubscribe_wish& wish) { on_unsubscribe(wish); },
    [this](const catch_up_wish& wish) { on_catch_up(wish); },
    [this](housekeeping) { on_housekeeping(); },
    [this](stop_actor) { quit(); },
  };
}

void hub_actor::on_steps(std::vector<stream_step>& steps) {
  outgoing out;
  for (auto& step : steps) {
    const auto at = streams_.find(step.stream);
    if (at != streams_.end())
      publish(at->second, step, out);
    if (step.starting)
      start(step, out);
  }
  for (auto& [sink, notices] : out)
    sink->deliver(std::move(notices));
}

void hub_actor::publish(stream& to, stream_step& step, outgoing& out) {
  if (!step.events.empty())
    push(to, step, out);
  for (const auto& what : step.revocations)
    revoke(to, step, what, out);
}

void hub_actor::push(stream& to, stream_step& step, outgoing& out) {
  stream_events fresh{step.stream, {}};
  ring_bytes_ -= to.ring.bytes();
  for (auto& event : step.events) {
    fresh.items.push_back(render(std::move(event)));
    to.ring.push(fresh.items.back());
  }
  ring_bytes_ += to.ring.bytes();
  std::unordered_set<stream_sink*> sinks;
  for (const auto& one : to.subscribers)
    sinks.insert(one.sink);
  for (auto* sink : sinks) {
    // Successive items of one stream travel as one notice.
    auto& notices = out[sink];
    auto* last = notices.empty() ? nullptr : std::get_if<stream_events>(&notices.back());
    if (last && last->stream == fresh.stream)
      last->items.insert(last->items.end(), fresh.items.begin(), fresh.items.end());
    else
      notices.emplace_back(fresh);
  }
}

void hub_actor::revoke(stream& from, const stream_step& step, const revocation& what, outgoing& out) {
  const auto concerned = [&](const subscriber& one) { return !what.user || one.user == *what.user; };
  std::unordered_set<stream_sink*> sinks;
  for (const auto& one : from.subscribers)
    if (concerned(one))
      sinks.insert(one.sink);
  std::erase_if(from.subscribers, concerned);
  shared_.inspector.set_subscribers(step.stream, from.subscribers.size());
  from.last_left = std::chrono::steady_clock::now();
  for (auto* sink : sinks)
    out[sink].emplace_back(stream_ended{step.stream, what.user, "revoked", from.ring.head()});
}

void hub_actor::start(stream_step& step, outgoing& out) {
  const auto& request = *step.starting;
  if (!step.started.problem) {
    auto& to = streams_[step.stream];
    ++to.interest_held;
    to.subscribers.push_back({request.sink, request.token, request.who.user});
    shared_.inspector.set_subscribers(step.stream, to.subscribers.size());
  }
  out[request.sink].emplace_back(std::move(step.started));
}

void hub_actor::on_unsubscribe(const unsubscribe_wish& wish) {
  const auto at = streams_.find(wish.stream);
  if (at == streams_.end())
    return;
  std::erase_if(at->second.subscribers,
                [&](const subscriber& one) { return one.sink == wish.sink && one.token == wish.token; });
  shared_.inspector.set_subscribers(wish.stream, at->second.subscribers.size());
  at->second.last_left = std::chrono::steady_clock::now();
}

void hub_actor::on_catch_up(const catch_up_wish& wish) {
  const auto at = streams_.find(wish.stream);
  if (at == streams_.end() || !at->second.ring.covers(wish.after))
    return page_from_journal(wish);
  wish.sink->deliver({stream_notice{stream_page{wish.token, std::nullopt, at->second.ring.after(wish.after, wish.limit)}}});
}

void hub_actor::page_from_journal(const catch_up_wish& wish) {
  const bool accepted = shared_.readers.run([&journal = shared_.journal, wish] {
    stream_page page;
    page.token = wish.token;
    auto events = guarded<result<std::vector<event_ptr>>>(
      "a page", [&] { return journal.events(wish.stream, wish.after, wish.limit); });
    if (!events)
      page.problem = events.error();
    else
      for (auto& event : *events)
        page.items.push_back(render(std::move(event)));
    wish.sink->deliver({stream_notice{std::move(page)}});
  });
  if (!accepted)
    wish.sink->deliver({stream_notice{
      stream_page{wish.token, refuse(problem_code::overloaded, "too many reads are waiting"), {}}}});
}

void hub_actor::on_housekeeping() {
  const auto linger_since = std::chrono::steady_clock::now() - ring_linger;
  for (auto at = streams_.begin(); at != streams_.end();) {
    auto& [ref, one] = *at;
    const bool over = one.subscribers.empty() && one.last_left < linger_since;
    if (!over) {
      ++at;
      continue;
    }
    // Without interest no event comes any more, so the ring would have a hole: it goes too.
    ring_bytes_ -= one.ring.bytes();
    shared_.interest.release(ref, one.interest_held);
    at = streams_.erase(at);
  }
  trim_rings();
  delayed_anon_send(caf::actor{this}, shared_.settings.housekeeping_period, housekeeping{});
}

void hub_actor::trim_rings() {
  for (auto at = streams_.begin(); ring_bytes_ > ring_bytes_max && at != streams_.end(); ++at) {
    ring_bytes_ -= at->second.ring.bytes();
    at->second.ring.clear();
  }
}

}  // namespace callboard::runtime
