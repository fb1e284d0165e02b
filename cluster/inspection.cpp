#include "cluster/inspection.hpp"

#include "actors/base/json_writer.hpp"

#include <algorithm>
#include <charconv>

namespace callboard::cluster {
namespace {

using row = runtime::inspector::row;

void write_members(json_writer& w, const row& one, std::string_view node) {
  const auto& stats = *one.stats;
  const auto last = stats.last_message_ms.load();
  w.member("id", std::string(to_string(one.ref.kind)) + ":" + one.ref.id);
  w.member("kind", to_string(one.ref.kind)).member("node", node).member("mailbox", stats.mailbox.load());
  w.member("oldest_message_ms", stats.oldest_age_ms(wall_now()));
  w.member("restarts", stats.restarts.load());
  if (last)
    w.member("last_message_at", timestamp{std::chrono::milliseconds{last}});
  else
    w.member("last_message_at", nullptr);
  w.member("seq", stats.seq.load()).member("subscribers", stats.subscribers.load());
  w.member("state_bytes", stats.state_bytes.load());
}

}  // namespace

actors_query read_actors_query(std::string_view text) {
  actors_query wanted;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const auto name = one.substr(0, one.find('='));
    const auto value = one.substr(std::min(name.size() + 1, one.size()));
    if (name == "kind")
      wanted.kind = value;
    else if (name == "sort")
      wanted.by_mailbox = value == "mailbox";
    else if (name == "limit")
      std::from_chars(value.data(), value.data() + value.size(), wanted.limit);
  }
  wanted.limit = std::clamp<std::size_t>(wanted.limit, 1, 1000);
  return wanted;
}

std::string render_actors(const runtime::inspector& from, const actors_query& wanted, std::string_view node) {
  auto rows = from.all();
  std::erase_if(rows, [&](const row& one) { return !wanted.kind.empty() && to_string(one.ref.kind) != wanted.kind; });
  const auto total = rows.size();
  const auto shown = std::min(wanted.limit, total);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown), rows.end(),
                    [&](const row& a, const row& b) {
                      if (wanted.by_mailbox && a.stats->mailbox != b.stats->mailbox)
                        return a.stats->mailbox > b.stats->mailbox;
                      return a.ref < b.ref;
                    });
  json_writer w;
  w.open('{').key("items").open('[');
  for (std::size_t i = 0; i < shown; ++i) {
    w.open('{');
    write_members(w, rows[i], node);
    w.close('}');
  }
  return w.close(']').member("total", total).member("next_cursor", nullptr).close('}').take();
}

std::string render_actor(const runtime::inspector& from, std::string_view kind_and_id, std::string_view node) {
  const auto colon = kind_and_id.find(':');
  const auto kind = parse_entity_kind(kind_and_id.substr(0, colon));
  if (!kind || colon == std::string_view::npos)
    return {};
  const entity_ref ref{*kind, std::string(kind_and_id.substr(colon + 1))};
  const auto stats = from.find(ref);
  if (!stats)
    return {};
  json_writer w;
  w.open('{');
  write_members(w, {ref, stats}, node);
  w.key("messages").open('[');
  for (const auto& [at, type] : stats->messages())
    w.open('{').member("at", at).member("type", type).close('}');
  return w.close(']').close('}').take();
}

}  // namespace callboard::cluster
