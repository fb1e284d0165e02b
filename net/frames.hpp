#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace callboard::net {

/// The most objects one client message may hold.
inline constexpr std::size_t frames_a_message_max = 100;

/// A frame's `id` as JSON text, to be echoed; empty: the frame has none.
using frame_id = std::string;

// -- what a client sends ------------------------------------------------------------------------------------------

/// Which event types a subscription wants: exact types, or `task.*`; without any, all.
class event_filter {
 public:
  /// Adds one pattern; false: it is none.
  bool add(std::string_view pattern);
  bool passes(std::string_view type) const noexcept;

 private:
  std::vector<std::string> exact_, prefixes_;
};

struct sub_frame {
  frame_id id;
  std::string stream;
  std::optional<position> since;  ///< epoch 0 stands for a text that is no epoch of ours
  snapshot_wish snapshot = snapshot_wish::automatic;
  std::shared_ptr<const event_filter> events;
};

struct hello_frame {
  std::optional<std::string> token;
  std::vector<sub_frame> resume;
};

struct unsub_frame {
  frame_id id;
  std::string stream;
};

struct cmd_frame {
  frame_id id;
  std::string stream, type;
  uuid op_id;  ///< nil: the client chose none
  std::shared_ptr<boost::json::object> args;
  std::optional<std::uint64_t> if_rev, base_rev;
  bool async = false;
  std::size_t bytes = 0;  ///< of the message it came in
};

struct auth_frame {
  frame_id id;
  std::string token;
};

struct ping_frame {
  std::string ts;  ///< JSON text; may be empty
};

/// Well-formed, and nothing to do: `ack`, and `pres` until presence exists.
struct idle_frame {};

/// Well-formed, but a value is out of range: answered `ok:false`.
struct refused_frame {
  frame_id id;
  refusal why;
};

using client_frame =
  std::variant<hello_frame, sub_frame, unsub_frame, cmd_frame, auth_frame, ping_frame, idle_frame, refused_frame>;

/// The frame's `id`; empty if it has none.
frame_id id_of(const client_frame& frame);

/// One message: an object, or an array of 1..100. A refusal means the client broke the protocol: close 4500.
result<std::vector<client_frame>> decode_message(std::string_view text);

// -- what the server sends ----------------------------------------------------------------------------------------

struct welcome_facts {
  uuid session;
  std::string_view node;
  timestamp now;
  std::size_t window = 0, frame_max = 0;
  uuid user;
  std::string_view name;
};

std::string welcome_text(const welcome_facts& facts);
std::string reply_ok(const frame_id& id);
/// `problem` is a problem object as JSON text.
std::string reply_refused(const frame_id& id, std::string_view problem);
std::string reply_rate_limited(const frame_id& id, std::string_view problem, std::uint32_t retry_after_ms);
/// The reply to `sub`, and (with an empty id) to an entry of `resume`.
std::string reply_subscribed(const frame_id& id, std::string_view stream, std::uint64_t epoch,
                             const stream_started& start);
/// `stream` is the name that the client used.
std::string reply_not_subscribed(const frame_id& id, std::string_view stream, std::string_view problem);
std::string reply_unsubscribed(const frame_id& id, std::string_view stream);
/// `status` is `applied` or `accepted`; the latter leaves out where and what.
std::string reply_command(const frame_id& id, const uuid& op_id, std::string_view status, std::string_view stream,
                          const answer& content);
/// The `cmd` frame: the outcome of a command that was answered `accepted`. `problem`: empty if applied.
std::string command_outcome_text(const uuid& op_id, std::string_view stream, const answer& content,
                                 std::string_view problem);
std::string heartbeat_text(std::string_view stream, std::uint64_t seq, const std::optional<std::string>& digest);
std::string resync_text(std::string_view stream, std::string_view reason, std::uint64_t epoch, std::uint64_t seq);
std::string pong_text(std::string_view ts);
std::string expiring_text(std::int64_t in_ms);
std::string bye_text(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms, bool reconnect);

/// What stands before a snapshot part's members, and behind them.
std::string snap_head(std::string_view stream, std::uint64_t epoch, std::uint64_t seq, std::size_t part,
                      std::size_t parts);
inline constexpr std::string_view snap_tail = "}}";
/// What stands before the items of an `evs` frame, and behind them.
std::string evs_head(std::string_view stream, std::uint64_t from, std::uint64_t to, std::uint64_t prev);
inline constexpr std::string_view evs_tail = "]}";

// -- names of streams ---------------------------------------------------------------------------------------------

/// `list:<uuid>`, `user:<uuid>` or `user:me`; nothing for what names no stream that exists.
std::optional<entity_ref> parse_stream(std::string_view name, const uuid& me);
std::string stream_name(const entity_ref& stream);
/// An epoch as clients send it back: 16 hex digits; nothing for what is none of ours.
std::optional<std::uint64_t> parse_epoch(std::string_view text);

}  // namespace callboard::net
