#include "net/frames.hpp"

#include "actors/base/json_writer.hpp"

namespace callboard::net {
namespace {

json_writer frame(std::string_view kind) {
  json_writer w(192);
  w.open('{').member("t", kind);
  return w;
}

json_writer reply(const frame_id& id, bool ok) {
  auto w = frame("reply");
  if (!id.empty())
    w.raw_member("id", id);
  w.member("ok", ok);
  return w;
}

std::string_view to_string(stream_started::start_mode mode) {
  switch (mode) {
    case stream_started::start_mode::replay: return "replay";
    case stream_started::start_mode::snapshot: return "snapshot";
    default: return "live";
  }
}

void append_resources(json_writer& w, const answer& content) {
  w.key("resources").open('[');
  for (const auto& path : content.resources)
    w.value(path);
  w.close(']');
}

}  // namespace

std::string welcome_text(const welcome_facts& facts) {
  auto w = frame("welcome");
  w.member("session", facts.session).member("node", facts.node).member("server_time", facts.now);
  w.member("heartbeat_ms", 25000).member("window", facts.window).member("max_frame", facts.frame_max);
  w.key("user").open('{').member("id", facts.user).member("name", facts.name).close('}');
  return w.close('}').take();
}

std::string reply_ok(const frame_id& id) { return reply(id, true).close('}').take(); }

std::string reply_refused(const frame_id& id, std::string_view problem) {
  return reply(id, false).raw_member("problem", problem).close('}').take();
}

std::string reply_rate_limited(const frame_id& id, std::string_view problem, std::uint32_t retry_after_ms) {
  auto w = reply(id, false);
  return w.member("retry_after_ms", retry_after_ms).raw_member("problem", problem).close('}').take();
}

std::string reply_subscribed(const frame_id& id, std::string_view stream, std::uint64_t epoch,
                             const stream_started& start) {
  auto w = reply(id, true);
  w.member("stream", stream).member("epoch", epoch_text(epoch)).member("seq", start.seq);
  return w.member("mode", to_string(start.mode)).member("recovered", start.recovered).close('}').take();
}

std::string reply_not_subscribed(const frame_id& id, std::string_view stream, std::string_view problem) {
  return reply(id, false).member("stream", stream).raw_member("problem", problem).close('}').take();
}

std::string reply_unsubscribed(const frame_id& id, std::string_view stream) {
  return reply(id, true).member("stream", stream).close('}').take();
}

std::string reply_command(const frame_id& id, const uuid& op_id, std::string_view status, std::string_view stream,
                          const answer& content) {
  auto w = reply(id, true);
  w.member("op_id", op_id).member("status", status).member("stream", stream);
  if (status == "applied") {
    w.member("seq", content.seq);
    append_resources(w, content);
  }
  return w.close('}').take();
}

std::string command_outcome_text(const uuid& op_id, std::string_view stream, const answer& content,
                                 std::string_view problem) {
  auto w = frame("cmd");
  w.member("op_id", op_id).member("status", problem.empty() ? "applied" : "rejected").member("stream", stream);
  if (content.seq > 0)
    w.member("seq", content.seq);
  else
    w.member("seq", nullptr);
  append_resources(w, content);
  if (!problem.empty())
    w.raw_member("problem", problem);
  return w.close('}').take();
}

std::string heartbeat_text(std::string_view stream, std::uint64_t seq, const std::optional<std::string>& digest) {
  auto w = frame("hb");
  w.member("stream", stream).member("seq", seq);
  if (digest)
    w.member("digest", *digest);
  return w.close('}').take();
}

std::string resync_text(std::string_view stream, std::string_view reason, std::uint64_t epoch, std::uint64_t seq) {
  auto w = frame("resync");
  w.member("stream", stream).member("reason", reason).member("epoch", epoch_text(epoch)).member("seq", seq);
  return w.close('}').take();
}

std::string pong_text(std::string_view ts) {
  auto w = frame("pong");
  if (!ts.empty())
    w.raw_member("ts", ts);
  return w.close('}').take();
}

std::string expiring_text(std::int64_t in_ms) { return frame("expiring").member("in_ms", in_ms).close('}').take(); }

std::string bye_text(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms, bool reconnect) {
  auto w = frame("bye");
  w.member("code", code).member("reason", reason).member("retry_ms", retry_ms).member("reconnect", reconnect);
  return w.close('}').take();
}

std::string snap_head(std::string_view stream, std::uint64_t epoch, std::uint64_t seq, std::size_t part,
                      std::size_t parts) {
  auto w = frame("snap");
  w.member("stream", stream).member("epoch", epoch_text(epoch)).member("seq", seq);
  w.member("part", part).member("parts", parts).key("data").open('{');
  return w.take();
}

std::string evs_head(std::string_view stream, std::uint64_t from, std::uint64_t to, std::uint64_t prev) {
  auto w = frame("evs");
  w.member("stream", stream).member("from", from).member("to", to).member("prev", prev).key("items").open('[');
  return w.take();
}

std::optional<entity_ref> parse_stream(std::string_view name, const uuid& me) {
  for (const auto kind : {entity_kind::list, entity_kind::inbox}) {
    const auto prefix = stream_prefix(kind);
    if (!name.starts_with(prefix))
      continue;
    const auto rest = name.substr(prefix.size());
    if (kind == entity_kind::inbox && rest == "me")
      return entity_ref{kind, to_string(me)};
    if (const auto id = parse_uuid(rest))
      return entity_ref{kind, to_string(*id)};
  }
  return std::nullopt;
}

std::string stream_name(const entity_ref& stream) { return std::string(stream_prefix(stream.kind)) + stream.id; }

}  // namespace callboard::net
