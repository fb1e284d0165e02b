#include "net/frame_tables.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

using enum member_type;

// clang-format off
// -- what a client sends ----------------------------------------------------------------------------------------
constexpr frame_member hello_members[] = {
  {"token", text, false, "Access token; needed unless the upgrade carried one"},
  {"client", object, false, "Name and version of the client"},
  {"resume", object, false, "Positions {epoch, seq} by stream: each is a sub with since"},
};
constexpr frame_member sub_members[] = {
  {"id", id, true, "Echoed in the reply"},
  {"stream", text, true, "list:<id>, user:<id> or user:me"},
  {"since", object, false, "Position {epoch, seq} to resume from"},
  {"snapshot", text, false, "auto, always or never"},
  {"events", array, false, "1 to 100 event types, or patterns like task.*"},
  {"presence", flag, false, "Has no effect yet"},
};
constexpr frame_member unsub_members[] = {
  {"id", id, true, "Echoed in the reply"},
  {"stream", text, true, "As in sub"},
};
constexpr frame_member ack_members[] = {
  {"stream", text, true, "As in sub"},
  {"seq", natural, true, "All up to here has been taken; nothing waits for it"},
};
constexpr frame_member cmd_members[] = {
  {"id", id, true, "Echoed in the reply"},
  {"stream", text, true, "list:<id>"},
  {"type", text, true, "The command, e.g. task.update"},
  {"op_id", text, false, "UUID by which a repeat is known; made if absent"},
  {"args", object, false, "The members of the matching HTTP body, and id"},
  {"if_rev", natural, false, "As If-Match"},
  {"base_rev", natural, false, "The revision that the change was made on"},
  {"async", flag, false, "Reply when the command is durable; a cmd frame follows"},
};
constexpr frame_member pres_members[] = {
  {"stream", text, true, "As in sub"},
  {"state", object, true, "Has no effect yet"},
};
constexpr frame_member auth_members[] = {
  {"id", id, true, "Echoed in the reply"},
  {"token", text, true, "A new access token of the same user"},
};
constexpr frame_member ping_members[] = {{"ts", scalar, false, "Echoed in pong"}};

constexpr frame_row from_clients[] = {
  {"hello", "The first message, within 10 s", hello_members},
  {"sub", "Follows a stream", sub_members, true},
  {"unsub", "Ends a subscription", unsub_members, true},
  {"ack", "Says how far the client has come", ack_members},
  {"cmd", "A write", cmd_members, true},
  {"pres", "Presence", pres_members},
  {"auth", "A new token before the old one expires", auth_members, true},
  {"ping", "Asks for a pong", ping_members},
};

// -- what the server sends --------------------------------------------------------------------------------------
constexpr frame_member welcome_members[] = {
  {"session", text, true, "Id of this socket"},
  {"node", text, true, "The node that answers"},
  {"server_time", text, true, "RFC 3339"},
  {"heartbeat_ms", natural, true, "How often the server sends a protocol Ping"},
  {"window", natural, true, "Unanswered cmd frames before the server stops reading"},
  {"max_frame", natural, true, "The largest message a client may send, in bytes"},
  {"user", object, true, "{id, name}"},
};
constexpr frame_member reply_members[] = {
  {"id", id, false, "Of the frame; absent for an entry of resume"},
  {"ok", flag, true, "Whether it was done"},
  {"problem", object, false, "If not: the problem (RFC 9457)"},
  {"retry_after_ms", natural, false, "With rate_limited"},
  {"stream", text, false, "Its true name"},
  {"epoch", text, false, "Of sub: the stream's history"},
  {"seq", natural, false, "Of sub: the head; of cmd: the last event made"},
  {"mode", text, false, "Of sub: live, replay or snapshot"},
  {"recovered", flag, false, "Of sub: since was honoured"},
  {"op_id", text, false, "Of cmd"},
  {"status", text, false, "Of cmd: applied or accepted"},
  {"resources", array, false, "Of cmd: paths to fetch"},
};
constexpr frame_member snap_members[] = {
  {"stream", text, true, "The stream"},
  {"epoch", text, true, "Its history"},
  {"seq", natural, true, "The state is that after this event"},
  {"part", natural, true, "From 1"},
  {"parts", natural, true, "How many there are"},
  {"data", object, true, "This part's share of the state"},
};
constexpr frame_member ev_members[] = {
  {"stream", text, true, "The stream"},
  {"seq", natural, true, "Its number, one more than the event's before it"},
  {"prev", natural, true, "seq of the frame sent before it on this subscription"},
  {"type", text, true, "E.g. task.created"},
  {"at", text, true, "RFC 3339"},
  {"actor", object, true, "{kind, id}: who did it"},
  {"op_id", nullable_text, true, "The command it came of"},
  {"entity", object, true, "{kind, id, rev}: what it is about"},
  {"data", object, true, "The whole object, or the members that changed"},
};
constexpr frame_member evs_members[] = {
  {"stream", text, true, "The stream"},
  {"from", natural, true, "seq of the first item"},
  {"to", natural, true, "seq of the last item"},
  {"prev", natural, true, "prev of the first item"},
  {"items", array, true, "ev frames"},
};
constexpr frame_member hb_members[] = {
  {"stream", text, true, "A stream that has been idle for 30 s"},
  {"seq", natural, true, "Its head"},
  {"digest", text, false, "Of a list's state at seq: 16 hex digits"},
};
constexpr frame_member cmd_done_members[] = {
  {"op_id", text, true, "The command that was accepted before"},
  {"status", text, true, "applied or rejected"},
  {"stream", text, true, "Where it took effect"},
  {"seq", nullable_natural, true, "The last event made"},
  {"resources", array, true, "Paths to fetch"},
  {"problem", object, false, "If rejected"},
};
constexpr frame_member resync_members[] = {
  {"stream", text, true, "The stream: its subscription is over"},
  {"reason", text, true, "epoch_changed, too_old, overflow or revoked"},
  {"epoch", text, true, "Its present history"},
  {"seq", natural, true, "Its head"},
};
constexpr frame_member pong_members[] = {{"ts", scalar, false, "As in ping"}};
constexpr frame_member expiring_members[] = {{"in_ms", natural, true, "Until the token expires: send auth"}};
constexpr frame_member bye_members[] = {
  {"code", natural, true, "The close code that follows"},
  {"reason", text, true, "Its name"},
  {"retry_ms", natural, true, "Wait this long before coming back"},
  {"reconnect", flag, true, "Whether to come back at all"},
};

constexpr frame_row from_server[] = {
  {"welcome", "The answer to hello", welcome_members},
  {"reply", "The answer to a frame with an id", reply_members},
  {"snap", "A part of a stream's state", snap_members},
  {"ev", "An event", ev_members},
  {"evs", "Several events of one stream", evs_members},
  {"hb", "A heartbeat of an idle stream", hb_members},
  {"cmd", "The outcome of an accepted command", cmd_done_members},
  {"resync", "A subscription is over: subscribe again", resync_members},
  {"pong", "The answer to ping", pong_members},
  {"expiring", "The token expires soon", expiring_members},
  {"bye", "The socket closes next", bye_members},
};
// clang-format on

}  // namespace

std::span<const frame_row> client_frames() noexcept { return from_clients; }
std::span<const frame_row> server_frames() noexcept { return from_server; }

const frame_row* client_frame_row(std::string_view t) noexcept {
  const auto row = std::find_if(std::begin(from_clients), std::end(from_clients),
                                [t](const frame_row& each) { return each.t == t; });
  return row == std::end(from_clients) ? nullptr : row;
}

}  // namespace callboard::net
