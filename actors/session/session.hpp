#pragma once

#include "actors/base/envelope.hpp"
#include "actors/typed/plan.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>

/// One sign-in of a user: judges his refresh tokens and whether his access tokens still count.
namespace callboard::session {

/// How long a refresh token that was used gets the same successor again.
inline constexpr std::chrono::seconds refresh_grace{60};
/// Former refresh tokens that are recognised as reused.
inline constexpr std::size_t former_max = 4096;
inline constexpr std::string_view expiry_timer = "expiry";

// -- commands
// ---------------------------------------------------------------------------------------

/// Begins the sign-in; the same again is no error. Hashes are 64 lower-case hex digits (SHA-256).
struct start {
  static constexpr std::string_view type = "session.start";
  static constexpr auto role = message_role::command;
  uuid user_id;
  std::string device, ip, user_agent;
  std::string refresh_hash;
  scope_set scopes = 0;
  timestamp expires_at{};
  instance_role user_role = instance_role::player;
};
/// Exchanges a refresh token. Answers `{"outcome":"ok"|"same_successor"|"reused", …}`; `reused` has
/// ended the session; a hash that never belonged to it is refused `unauthenticated` and changes
/// nothing.
struct refresh {
  static constexpr std::string_view type = "session.refresh";
  static constexpr auto role = message_role::command;
  std::string presented_hash, successor_hash;
};
/// Ends the sign-in; no error if it has ended or never began.
struct revoke {
  static constexpr std::string_view type = "session.revoke";
  static constexpr auto role = message_role::command;
  std::string reason;
};
/// The account's role changed: the sign-in has the scopes of the new one.
struct set_role {
  static constexpr std::string_view type = "session.set_role";
  static constexpr auto role = message_role::command;
  instance_role user_role = instance_role::player;
};
struct timer_fired {
  static constexpr std::string_view type = "timer.fired";
  static constexpr auto role = message_role::command;
  std::string name;
  std::uint64_t gen = 0;
};

// -- queries
// ----------------------------------------------------------------------------------------

/// `{"ok":true,"role","scopes","created_at","expires_at"}`, or 401 `token_revoked`.
struct confirm {
  static constexpr std::string_view type = "session.confirm";
  static constexpr auto role = message_role::query;
  uuid user_id;
};
/// `{"id","user_id","device","ip","user_agent","role","created_at","last_seen_at","expires_at","ended_at"}`,
/// or 404.
struct get {
  static constexpr std::string_view type = "session.get";
  static constexpr auto role = message_role::query;
};

using message = std::variant<start, refresh, revoke, set_role, timer_fired, confirm, get>;

/// A message to the session `sid`, to be completed by the sender.
template <class T>
envelope to_session(const uuid& sid, T content) {
  return make_envelope<message>({entity_kind::session, to_string(sid)}, std::move(content));
}

// -- events
// -----------------------------------------------------------------------------------------

struct started {
  static constexpr std::string_view wire_name = "session.started.v1";
  start content;
};
struct refreshed {
  static constexpr std::string_view wire_name = "session.refreshed.v1";
  std::string hash;  ///< of the successor
};
struct role_changed {
  static constexpr std::string_view wire_name = "session.role_changed.v1";
  instance_role user_role = instance_role::player;
};
/// The sign-in is over: revoked, reused or expired. Edges drop its tokens and sockets when this
/// commits.
struct ended {
  static constexpr std::string_view wire_name = "session.ended.v1";
  uuid user_id;
  std::string reason;
};

using event = std::variant<started, refreshed, role_changed, ended>;

// -- state
// ------------------------------------------------------------------------------------------

struct state {
  start content;  ///< `refresh_hash` is the newest token's
  timestamp created_at{}, last_seen_at{}, ended_at{};
  bool is_started = false, is_ended = false;
  std::uint64_t timer_gen = 0;
  std::string previous_hash;  ///< the token before the newest; empty: none
  timestamp rotated_at{};
  std::deque<std::uint64_t> former;  ///< first 64 bits of still older hashes, oldest first

  bool is_alive(timestamp now) const { return is_started && !is_ended && now < content.expires_at; }
};

result<plan<event>> decide(const state& s, const message& m, const decide_context& context);
void evolve(state& s, const event& e, const happening& h);

/// The first 64 bits of a hash in hex.
std::uint64_t short_hash(std::string_view hex) noexcept;

}  // namespace callboard::session
