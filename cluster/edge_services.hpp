#pragma once

#include "actors/base/event.hpp"
#include "net/api_dependencies.hpp"
#include "net/api_service.hpp"
#include "net/event_readers.hpp"
#include "net/stream_table.hpp"
#include "net/user_quota.hpp"
#include "net/ws_service.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace callboard::net {
struct command_outcome;
}

namespace callboard::cluster {

class edge_group;

/// One edge thread's whole service: the HTTP API, and the sockets beside it.
class edge_services final : public net::http_service {
 public:
  edge_services(edge_group& group, net::api_dependencies api, net::socket_settings sockets, net::user_quota& quota);
  ~edge_services() override;

  void handle(net::http_request&& request, net::respond done) override;
  void upgrade(net::http_request&& request, std::function<void(net::upgrade_verdict&&)> done) override;
  net::http_response problem(std::string_view code, std::string_view detail) override;

  net::stream_table& streams() noexcept { return streams_; }
  net::api_service& api() noexcept { return *api_; }

 private:
  net::stream_table::settings stream_settings();
  net::socket_dependencies socket_dependencies_for(net::socket_settings settings, net::user_quota& quota);
  void send_socket_command(net::socket_command&& command, std::function<void(answer&&)> done);

  edge_group& group_;
  net::stream_table streams_;
  net::event_readers readers_;
  std::unique_ptr<net::socket_dependencies> sockets_;
  std::unique_ptr<net::api_service> api_;
};

/// The services of all edge threads, for what concerns every one of them. Any thread.
class edge_group {
 public:
  void enter(edge_services& one);
  void leave(edge_services& one);

  /// A sign-in ended: its tokens and sockets go.
  void end_session(const uuid& session);
  /// A committed event that takes rights from a session, an API token or a whole account. Does not block or throw.
  void rights_changed(const recorded_event& event);
  /// The outcome of a command that was answered 202 or `accepted`: the user's sockets of all threads are told.
  void command_done(const uuid& user, const net::command_outcome& outcome);
  /// Every socket is told to come back elsewhere, or later.
  void drain_sockets();
  /// Tells the user's sockets of all threads but the caller's, who has told his own.
  void tell_user(const edge_services& caller, const uuid& user, const shared_text& frame);

 private:
  void session_changed(const uuid& session, const recorded_event& event);
  void account_changed(const uuid& user, const recorded_event& event);
  void recheck_session(const uuid& session);
  void disable_account(const uuid& session, const uuid& user);
  template <class Do>
  void each(Do&& what) {
    std::lock_guard lock(mutex_);
    for (auto* one : members_)
      what(*one);
  }

  std::mutex mutex_;
  std::vector<edge_services*> members_;
};

}  // namespace callboard::cluster
