#include "actors/base/event.hpp"
#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/cursor.hpp"
#include "net/media_type.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net::api {
namespace {

constexpr std::size_t events_max = 1000;
constexpr std::size_t events_chunk = 100;
constexpr std::size_t history_chunk = 250;
constexpr std::size_t history_scan_max = 20'000;
// An event may be a task with its whole description: a page ends early rather than take this much memory.
constexpr std::size_t page_bytes_max = 1024 * 1024;

/// What an events request asks for.
struct events_page {
  entity_ref list;
  std::uint64_t after = 0, head = 0;
  std::size_t limit = 50;
};

std::size_t bytes_of(const event_ptr& event) { return event->data ? event->data->size() : 0; }

std::string next_of(const events_page& page, const std::vector<event_ptr>& events) {
  return !events.empty() && events.back()->seq < page.head
           ? make_cursor(std::to_string(events.back()->seq), "events:" + page.list.id)
           : "";
}

void reply_lines(api_context& c, exchange& x, const std::vector<event_ptr>& events, const std::string& next) {
  std::string lines;
  for (const auto& event : events)
    lines.append(render_event(*event, c.parts.target.stream_epoch())).append("\n");
  http_response out;
  out.headers.emplace_back("Content-Type", "application/x-ndjson");
  if (!next.empty())
    append_next_link(out, x, next);
  out.body.push_back(share(std::move(lines)));
  c.send(x, std::move(out));
}

void reply_events(api_context& c, exchange& x, const events_page& page, const std::vector<event_ptr>& events) {
  const auto next = next_of(page, events);
  const auto accept = x.request.header("accept");
  if (names_type(accept, "application/x-ndjson") && !names_type(accept, "application/json"))
    return reply_lines(c, x, events, next);
  const auto epoch = c.parts.target.stream_epoch();
  std::size_t bytes = 1024 * events.size() + 128;
  for (const auto& event : events)
    bytes += bytes_of(event);
  json_writer w(bytes);
  w.open('{').key("items").open('[');
  for (const auto& event : events)
    w.raw(render_event(*event, epoch));
  w.close(']');
  if (next.empty())
    w.member("next_cursor", nullptr);
  else
    w.member("next_cursor", next);
  w.member("epoch", epoch_text(epoch)).member("head", page.head);
  http_response out;
  out.headers.emplace_back("Content-Type", "application/json");
  if (!next.empty())
    append_next_link(out, x, next);
  out.body.push_back(share(w.close('}').take()));
  c.send(x, std::move(out));
}

/// The page's events, oldest first: as many as the limit and the bytes allow, and one at least.
result<std::vector<event_ptr>> read_events(const api_context& c, const events_page& page) {
  std::vector<event_ptr> out;
  for (std::size_t bytes = 0; out.size() < page.limit && bytes < page_bytes_max;) {
    const auto wanted = std::min(events_chunk, page.limit - out.size());
    auto chunk = c.parts.events(page.list, out.empty() ? page.after : out.back()->seq, wanted);
    if (!chunk)
      return chunk.error();
    for (std::size_t i = 0; i < chunk->size() && bytes < page_bytes_max; ++i) {
      bytes += bytes_of((*chunk)[i]);
      out.push_back(std::move((*chunk)[i]));
    }
    if (chunk->size() < wanted)
      break;
  }
  return out;
}

result<events_page> read_page(const exchange& x) {
  events_page page{{entity_kind::list, to_string(x.id(0))}};
  const auto limit = x.query.count("limit", events_max, 50);
  const auto since = x.query.number("since_seq");
  if (!limit || !since)
    return limit ? since.error() : limit.error();
  page.limit = *limit;
  page.after = since->value_or(0);
  if (const auto* cursor = x.query.find("cursor")) {
    const auto place = read_cursor(*cursor, "events:" + page.list.id);
    const auto seq = place ? parse_number(*place) : std::nullopt;
    if (!seq)
      return refuse_parameter("cursor", "does not belong to this query", problem_code::bad_cursor);
    page.after = *seq;
  }
  return page;
}

/// Events of one task with seq < `before`, newest first, found by reading the list's journal backwards.
struct history_page {
  entity_ref list;
  std::string task;
  std::uint64_t before = 0;
  std::size_t limit = 50;
  std::vector<event_ptr> found;
  std::uint64_t scanned_to = 0;  ///< everything from here on has been looked at
};

result<void> scan(const api_context& c, history_page& page) {
  page.scanned_to = page.before;
  std::size_t bytes = 0;
  for (std::size_t scanned = 0; page.scanned_to > 1 && scanned < history_scan_max && page.found.size() < page.limit &&
       bytes < page_bytes_max;) {
    const auto from = page.scanned_to > history_chunk ? page.scanned_to - history_chunk : 1;
    auto events = c.parts.events(page.list, from - 1, page.scanned_to - from);
    if (!events)
      return events.error();
    for (auto i = events->rbegin(); i != events->rend(); ++i) {
      if ((*i)->seq >= page.scanned_to)
        continue;
      if (page.found.size() == page.limit || bytes >= page_bytes_max) {
        page.scanned_to = (*i)->seq + 1;
        return {};
      }
      if ((*i)->meta.part_id != page.task)
        continue;
      bytes += bytes_of(*i);
      page.found.push_back(*i);
    }
    scanned += page.scanned_to - from;
    page.scanned_to = from;
  }
  return {};
}

void reply_history(api_context& c, exchange& x, const history_page& page) {
  const auto epoch = c.parts.target.stream_epoch();
  json_writer w(1024 * page.found.size() + 128);
  w.open('{').key("items").open('[');
  for (const auto& event : page.found)
    w.raw(render_event(*event, epoch));
  w.close(']').key("next_cursor");
  if (page.scanned_to > 1)
    w.value(make_cursor(std::to_string(page.scanned_to), "history:" + page.task));
  else
    w.value(nullptr);
  c.reply_json(x, 200, w.close('}').take());
}

}  // namespace

void list_events(api_context& c, exchange_ptr x) {
  auto page = read_page(*x);
  if (!page)
    return c.refuse(*x, page.error());
  // The list itself says whether the caller may look, and how far what it has told reaches.
  c.ask(x, to_list(x->id(0), list::get_member_role{}), [&c, x, page = *page](answer&& role) mutable {
    if (role.problem)
      return c.refuse(*x, *role.problem);
    page.head = role.seq;
    c.read(x, [&c, x, page]() -> std::function<void()> {
      auto events = read_events(c, page);
      return [&c, x, page, events = std::move(events)]() mutable {
        if (!events)
          return c.refuse(*x, events.error());
        std::erase_if(*events, [&](const event_ptr& event) { return event->seq > page.head; });
        reply_events(c, *x, page, *events);
      };
    });
  });
}

void show_history(api_context& c, const exchange_ptr& x, const uuid& list, const uuid& task, std::size_t) {
  const auto limit = x->query.count("limit", 200, 50);
  if (!limit)
    return c.refuse(*x, limit.error());
  auto page = std::make_shared<history_page>();
  page->list = {entity_kind::list, to_string(list)};
  page->task = to_string(task);
  page->limit = *limit;
  if (const auto* cursor = x->query.find("cursor")) {
    const auto place = read_cursor(*cursor, "history:" + page->task);
    page->before = place ? parse_number(*place).value_or(0) : 0;
    if (!page->before)
      return c.refuse(*x, refuse_parameter("cursor", "does not belong to this query", problem_code::bad_cursor));
  }
  c.ask(x, to_list(list, list::get_task{task, true}), [&c, x, page](answer&& there) {
    if (there.problem)
      return c.refuse(*x, *there.problem);
    if (!page->before)
      page->before = there.seq + 1;
    c.read(x, [&c, x, page]() -> std::function<void()> {
      const auto ok = scan(c, *page);
      return [&c, x, page, ok] { return ok ? reply_history(c, *x, *page) : c.refuse(*x, ok.error()); };
    });
  });
}

}  // namespace callboard::net::api
