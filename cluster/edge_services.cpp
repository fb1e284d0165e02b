#include "cluster/edge_services.hpp"

#include "actors/base/json_reader.hpp"
#include "net/authenticator.hpp"
#include "net/command_envelope.hpp"
#include "net/frames.hpp"
#include "net/problem.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace callboard::cluster {
namespace {

std::string_view text_in(const boost::json::object& data, std::string_view name) {
  const auto* value = data.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

boost::json::object data_of(const recorded_event& event) {
  auto data = event.data ? parse_trusted_json(*event.data) : result<boost::json::value>{boost::json::value{}};
  return data && data->is_object() ? std::move(data->get_object()) : boost::json::object{};
}

/// The user whose account was disabled, if that is what ended the session.
std::optional<uuid> disabled_account(const recorded_event& ended) {
  const auto data = data_of(ended);
  if (text_in(data, "reason") != "account_disabled")
    return std::nullopt;
  return parse_uuid(text_in(data, "user_id"));
}

std::string problem_text(const refusal& why, std::optional<bool> unknown) {
  net::problem_context about;
  if (unknown)
    about.outcome = *unknown ? net::write_outcome::unknown : net::write_outcome::not_applied;
  return net::render_problem(why, about, wall_now());
}

}  // namespace

edge_services::edge_services(edge_group& group, net::api_dependencies api, net::socket_settings sockets,
                             net::user_quota& quota)
    : group_(group), streams_(api.loop, api.target, stream_settings()), readers_(streams_, quota),
      sockets_(std::make_unique<net::socket_dependencies>(socket_dependencies_for(std::move(sockets), quota))) {
  api.hooks.make_socket = [this](const std::shared_ptr<net::signed_in>& who, std::string_view remote_ip) {
    std::optional<net::authenticated> known;
    if (who)
      known = net::authenticated{who->who, who->expires, who->name};
    return net::make_ws_session(*sockets_, std::move(known), std::string(remote_ip));
  };
  api.hooks.open_events = [this](net::events_request&& request, net::events_opened done) {
    readers_.open(std::move(request), std::move(done));
  };
  api.hooks.poll_events = [this](net::poll_request&& request, net::poll_done done) {
    readers_.poll(std::move(request), std::move(done));
  };
  api.hooks.command_done = [this](const uuid& user, const net::command_outcome& outcome) {
    group_.command_done(user, outcome);
  };
  auto& loop = api.loop;
  api_ = std::make_unique<net::api_service>(std::move(api));
  loop.post([this] { streams_.start(); });
  group_.enter(*this);
}

net::stream_table::settings edge_services::stream_settings() {
  net::stream_table::settings made;
  made.digest = [this](const entity_ref& stream, const principal& who, auto done) {
    api_->list_digest(stream, who, std::move(done));
  };
  return made;
}

edge_services::~edge_services() { group_.leave(*this); }

void edge_services::handle(net::http_request&& request, net::respond done) {
  api_->handle(std::move(request), std::move(done));
}

void edge_services::upgrade(net::http_request&& request, std::function<void(net::upgrade_verdict&&)> done) {
  api_->upgrade(std::move(request), std::move(done));
}

net::http_response edge_services::problem(std::string_view code, std::string_view detail) {
  return api_->problem(code, detail);
}

net::socket_dependencies edge_services::socket_dependencies_for(net::socket_settings settings,
                                                                net::user_quota& quota) {
  net::socket_dependencies made{streams_, quota, std::move(settings), {}, {}, {}, {}};
  made.authenticate = [this](std::string token, const std::string& from,
                             std::function<void(result<net::authenticated>)> done) {
    api_->authenticate(token, from, [done = std::move(done)](result<net::signed_in> judged) {
      if (!judged)
        return done(judged.error());
      done(net::authenticated{judged->who, judged->expires, judged->name});
    });
  };
  made.send_command = [this](net::socket_command&& command, std::function<void(answer&&)> done) {
    send_socket_command(std::move(command), std::move(done));
  };
  made.render_problem = problem_text;
  made.tell_elsewhere = [this](const uuid& user, const shared_text& frame) { group_.tell_user(*this, user, frame); };
  made.is_denied = [this](const uuid& session) { return api_->is_denied(session); };
  return made;
}

void edge_services::send_socket_command(net::socket_command&& command, std::function<void(answer&&)> done) {
  const auto list = net::list_of_stream(command.stream);
  if (!list)
    return done(refused(list.error()));
  net::command_call call;
  call.type = std::move(command.type);
  call.list = *list;
  call.args = std::move(command.args);
  call.who = command.who;
  call.op_id = command.op_id;
  call.client_op_id = command.client_op_id;
  call.kept = command.async ? outcome_kept::always : outcome_kept::for_repeats;
  call.if_rev = command.if_rev;
  call.base_rev = command.base_rev;
  call.ip = std::move(command.ip);
  call.bytes = command.bytes;
  api_->send_command(std::move(call),
                     [done = std::move(done)](net::command_outcome&& outcome) { done(std::move(outcome.content)); });
}

// -- all threads ---------------------------------------------------------------------------------------------------

void edge_group::enter(edge_services& one) {
  std::lock_guard lock(mutex_);
  members_.push_back(&one);
}

void edge_group::leave(edge_services& one) {
  std::lock_guard lock(mutex_);
  std::erase(members_, &one);
}

void edge_group::end_session(const uuid& session) {
  each([&](edge_services& one) {
    one.api().deny_session(session);
    one.streams().revoke_session(session);
  });
}

void edge_group::recheck_session(const uuid& session) {
  each([&](edge_services& one) {
    one.api().recheck_session(session);
    one.streams().recheck_session(session);
  });
}

void edge_group::disable_account(const uuid& session, const uuid& user) {
  each([&](edge_services& one) {
    one.api().deny_session(session);
    one.streams().disable_user(user);
  });
}

void edge_group::rights_changed(const recorded_event& event) {
  const auto id = parse_uuid(event.entity->id);
  if (id && event.entity->kind == entity_kind::session)
    session_changed(*id, event);
  else if (id)
    account_changed(*id, event);
}

void edge_group::session_changed(const uuid& session, const recorded_event& event) {
  if (public_type(event.type) == "session.role_changed")
    return recheck_session(session);
  const auto disabled = disabled_account(event);
  return disabled ? disable_account(session, *disabled) : end_session(session);
}

/// Its sessions tell of themselves; this is about API tokens, which have no entity of their own.
void edge_group::account_changed(const uuid& user, const recorded_event& event) {
  const auto type = public_type(event.type);
  if (type == "account.token_revoked") {
    if (const auto token = parse_uuid(text_in(data_of(event), "token_id")))
      end_session(*token);
    return;
  }
  each([&](edge_services& one) {
    one.api().recheck_tokens(user);
    if (type == "account.role_set")
      one.streams().recheck_tokens(user);
    else
      one.streams().disable_user(user);
  });
}

void edge_group::command_done(const uuid& user, const net::command_outcome& outcome) {
  const auto& said = outcome.content;
  const auto stream = std::string(stream_prefix(outcome.entity.kind)) + outcome.entity.id;
  const auto why = said.problem ? problem_text(*said.problem, said.outcome_unknown) : std::string();
  const auto frame = share(net::command_outcome_text(outcome.op_id, stream, said, why));
  each([&](edge_services& one) { one.streams().tell_user(user, frame); });
}

void edge_group::drain_sockets() {
  each([](edge_services& one) { one.streams().drain(); });
}

void edge_group::tell_user(const edge_services& caller, const uuid& user, const shared_text& frame) {
  each([&](edge_services& one) {
    if (&one != &caller)
      one.streams().tell_user(user, frame);
  });
}

}  // namespace callboard::cluster
