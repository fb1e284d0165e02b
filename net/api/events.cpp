#include "actors/base/event.hpp"
#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/event_requests.hpp"
#include "net/resume_id.hpp"

#include <algorithm>

namespace callboard::net::api {
namespace {

constexpr std::size_t streams_max = 50;
constexpr std::size_t patterns_max = 100;
constexpr std::uint64_t wait_max_s = 30;

/// The part before `mark`, taken from the front together with the mark.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// A stream's name: 404 for what names none, and for another's `user:`.
result<entity_ref> stream_of(const exchange& x, std::string_view name) {
  auto stream = parse_stream(name, x.who.user);
  if (!stream || (stream->kind == entity_kind::inbox && stream->id != to_string(x.who.user)))
    return refuse(problem_code::not_found, "there is no such stream");
  return std::move(*stream);
}

/// An epoch that is no epoch of ours is another history, not an error.
std::optional<position> position_of(std::string_view epoch, std::string_view seq) {
  const auto number = parse_number(seq);
  if (epoch.empty() || !number)
    return std::nullopt;
  return position{parse_epoch(epoch).value_or(0), *number};
}

/// `list:<id>`, or a position as Callboard-Stream writes it.
result<stream_wish> wish_of(const exchange& x, std::string_view text) {
  auto stream = stream_of(x, take_until(text, ';'));
  if (!stream)
    return stream.error();
  stream_wish wish{std::move(*stream), {}};
  if (text.empty())
    return wish;
  const auto epoch = take_until(text, ';'), seq = take_until(text, ';');
  if (epoch.starts_with("epoch=") && seq.starts_with("seq=") && text.empty())
    wish.since = position_of(epoch.substr(6), seq.substr(4));
  if (!wish.since)
    return refuse_parameter("stream", "takes a stream's name or a position as Callboard-Stream gives it");
  return wish;
}

result<std::shared_ptr<const event_filter>> filter_of(const exchange& x) {
  const auto* text = x.query.find("events");
  if (!text)
    return std::shared_ptr<const event_filter>{};
  auto filter = std::make_shared<event_filter>();
  std::string_view rest = *text;
  std::size_t count = 0;
  do {
    if (++count > patterns_max || !filter->add(take_until(rest, ',')))
      return refuse_parameter("events", "takes up to 100 event types, or patterns like task.*, separated by commas");
  } while (!rest.empty());
  return std::shared_ptr<const event_filter>(std::move(filter));
}

/// Where a reader that was cut off goes on: the header of browsers, or the parameter of those that cannot set it.
result<std::optional<resume_id>> resume_of(const exchange& x) {
  const auto* since = x.query.find("since");
  const bool header = x.request.has_header("last-event-id") && !x.request.header("last-event-id").empty();
  if (!header && !since)
    return std::optional<resume_id>{};
  auto id = resume_id::parse(header ? x.request.header("last-event-id") : std::string_view(*since));
  if (!id && header)
    return refuse(problem_code::bad_header, "Last-Event-ID is no id of these events: leave it out to begin at the present");
  if (!id)
    return refuse_parameter("since", "takes an id of these events");
  return id;
}

result<events_request> read_events(const exchange& x) {
  events_request out{x.who, x.token_expires, {}, {}};
  auto filter = filter_of(x);
  auto resume = resume_of(x);
  if (!filter || !resume)
    return !filter ? filter.error() : resume.error();
  out.events = std::move(*filter);
  const auto names = x.query.all("stream");
  if (names.empty() || names.size() > streams_max)
    return refuse_parameter("stream", "name 1 to 50 streams");
  for (const auto name : names) {
    auto wish = wish_of(x, name);
    if (!wish)
      return wish.error();
    if (*resume)
      if (const auto since = (*resume)->find(resume_id::key_of(wish->stream)))
        wish->since = since;
    const bool known = std::any_of(out.streams.begin(), out.streams.end(),
                                   [&](const stream_wish& each) { return each.stream == wish->stream; });
    if (known)
      return refuse_parameter("stream", "each stream may be named once");
    out.streams.push_back(std::move(*wish));
  }
  return out;
}

result<poll_request> read_poll(const exchange& x) {
  poll_request out{x.who, x.token_expires, {}, {}};
  const auto name = percent_decode(x.match.params[0]);
  auto stream = name ? stream_of(x, *name) : result<entity_ref>(refuse(problem_code::not_found, "there is no such stream"));
  auto filter = filter_of(x);
  const auto wait = x.query.number("wait");
  if (!stream)
    return stream.error();
  if (!filter || !wait)
    return !filter ? filter.error() : wait.error();
  if (wait->value_or(0) > wait_max_s)
    return refuse_parameter("wait", "must be a number from 0 to 30");
  out.wait = std::chrono::seconds(wait->value_or(wait_max_s));
  out.wish.stream = std::move(*stream);
  out.events = std::move(*filter);
  if (const auto* since = x.query.find("since")) {
    std::string_view rest = *since;
    const auto epoch = take_until(rest, ':');
    out.wish.since = position_of(epoch, rest);
    if (!out.wish.since)
      return refuse_parameter("since", "takes <epoch>:<seq>, as an earlier answer gave them");
  }
  return out;
}

void reply_polled(api_context& c, exchange& x, const std::string& stream, const poll_answer& said) {
  const auto epoch = c.parts.target.stream_epoch();
  json_writer w(128 + 1024 * said.items.size());
  w.open('{').member("stream", stream).member("epoch", epoch_text(epoch)).member("seq", said.seq);
  w.key("items").open('[');
  for (const auto& event : said.items)
    w.raw(render_event(*event, epoch));
  c.reply_json(x, 200, w.close(']').close('}').take());
}

}  // namespace

void stream_events(api_context& c, exchange_ptr x) {
  auto request = read_events(*x);
  if (!request)
    return c.refuse(*x, request.error());
  c.parts.hooks.open_events(std::move(*request), [&c, x](result<std::unique_ptr<body_source>> opened) {
    if (!opened)
      return c.refuse(*x, opened.error());
    http_response out;
    out.headers.emplace_back("Content-Type", "text/event-stream");
    out.headers.emplace_back("X-Accel-Buffering", "no");  // else nginx keeps what is to be seen at once
    out.source = std::move(*opened);
    c.send(*x, std::move(out));
  });
}

void poll_events(api_context& c, exchange_ptr x) {
  auto request = read_poll(*x);
  if (!request)
    return c.refuse(*x, request.error());
  const auto stream = stream_name(request->wish.stream);
  c.parts.hooks.poll_events(std::move(*request), [&c, x, stream](result<poll_answer> said) {
    return said ? reply_polled(c, *x, stream, *said) : c.refuse(*x, said.error());
  });
}

}  // namespace callboard::net::api
