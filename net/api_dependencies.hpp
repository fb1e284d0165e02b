#pragma once

#include "actors/list/list_read_model.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"
#include "net/auth/jwt.hpp"
#include "net/auth/login_throttle.hpp"
#include "net/auth/password_pool.hpp"
#include "net/auth/ticket_table.hpp"
#include "net/event_loop.hpp"
#include "net/event_requests.hpp"
#include "net/http_message.hpp"
#include "net/rate_limits.hpp"
#include "net/write_log.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

struct command_outcome;
struct signed_in;

/// Keys, password threads and the throttle of signing in; shared by all edge threads.
struct auth_parts {
  const access_tokens& tokens;
  password_pool& passwords;
  std::string refresh_key;  ///< secret of the server, from which successors of refresh tokens are made
  std::mutex throttle_mutex;
  login_throttle throttle;
};

/// What the API takes from the configuration.
struct api_settings {
  std::string version = "0.1.0";
  std::string node;  ///< as sessions show it
  std::string public_url;
  std::vector<std::string> cors_origins;
  bool signup_open = true;
  bool rate_limits_on = true;
  std::chrono::seconds access_ttl{900};
  std::chrono::seconds refresh_ttl{30 * 24 * 3600};
  std::chrono::milliseconds deadline{5000};
  bool metrics_open = true;  ///< /metrics without a token, for requests that no proxy forwarded
};

/// What the rest of the process tells the API: texts are JSON unless said otherwise. Any thread; must not block.
struct api_hooks {
  std::function<std::string()> metrics;                             ///< Prometheus text
  std::function<std::string(std::string_view query)> actors;        ///< body of GET /v1/admin/actors
  std::function<std::string(std::string_view actor)> actor;         ///< one actor; empty: unknown
  std::function<std::string()> nodes;                               ///< body of GET /v1/admin/nodes; may be empty
  /// Is the node ready, and why not: {"status":…,"checks":{…}}.
  std::function<bool(std::string& details)> ready;
  /// Signed out or refused from now on: every thread's cache and sockets. Any thread.
  std::function<void(const uuid& session, const uuid& user)> session_ended;
  /// Open sockets of a sign-in on this node.
  std::function<std::uint32_t(const uuid& session)> sockets_of;
  /// A command that was answered 202 came to its end: the user's sockets are told.
  std::function<void(const uuid& user, const command_outcome& outcome)> command_done;
  /// One finished request. `route` is the path template, `none` without one.
  std::function<void(std::string_view route, std::string_view method, std::uint16_t status,
                     std::chrono::nanoseconds took)> observe;
  /// Makes the WebSocket session of an accepted upgrade; `who` is empty if `hello` must bring the token.
  std::function<std::unique_ptr<ws_session>(const std::shared_ptr<signed_in>& who, std::string_view remote_ip)>
    make_socket;
  /// Follows streams for a request; what comes is told as the body of its answer, or in one.
  std::function<void(events_request&&, events_opened)> open_events;
  std::function<void(poll_request&&, poll_done)> poll_events;
};

/// What is shared by all edge threads; outlives them.
struct api_shared {
  rate_limits rates;
  write_log writes;
  ticket_table tickets;
  std::atomic<int> replays{0};  ///< lists that are being read as they stood once
};

/// All that one api_service is made of; the references outlive it.
struct api_dependencies {
  event_loop& loop;
  entities& target;
  list::read_model& lists;
  /// Runs blocking work on the readers' pool; false: its queue is full.
  std::function<bool(std::function<void()>)> readers;
  /// Journal rows of an entity with seq > `after`, oldest first; blocks, runs on the readers' pool.
  std::function<result<std::vector<event_ptr>>(const entity_ref& ref, std::uint64_t after, std::size_t limit)> events;
  auth_parts& auth;
  api_shared& shared;
  api_settings settings;
  api_hooks hooks;
  /// The outcome kept under a command's id, for the principal that sent it. Blocks, runs on the readers' pool.
  std::function<result<std::optional<finished_command>>(const uuid& principal, const uuid& op_id)> find_command{};
  /// Ids of the entities of a kind after `after`, in their order; blocks, runs on the readers' pool.
  std::function<result<std::vector<std::string>>(entity_kind kind, const std::string& after, std::size_t limit)>
    entity_ids{};
  /// The last kept snapshot of an entity at or before event `seq`; blocks, runs on the readers' pool. Without it replays
  /// start from the first event.
  std::function<result<std::optional<snapshot_row>>(const entity_ref& ref, std::uint64_t seq)> snapshot_before{};
};

}  // namespace callboard::net
