#include "net/socket_session.hpp"

#include "actors/base/metrics.hpp"
namespace callboard::net {
namespace {

constexpr std::size_t waiting_frames_max = 400;

/// The same command was sent before and is about to be committed: this one is accepted again, its outcome comes once.
bool still_runs(const answer& content) {
  return content.problem && content.problem->code == problem_code::idempotency_in_progress;
}

bool is_over(const authenticated& token, timestamp now) { return token.expires != timestamp{} && token.expires <= now; }

}  // namespace

std::unique_ptr<ws_session> make_ws_session(const socket_dependencies& shared, std::optional<authenticated> who,
                                            std::string remote_ip) {
  return std::make_unique<socket_session>(shared, std::move(who), std::move(remote_ip));
}

socket_session::socket_session(const socket_dependencies& shared, std::optional<authenticated> who,
                               std::string remote_ip)
    : shared_(shared), ip_(std::move(remote_ip)), upgraded_(who.has_value()) {
  if (who)
    me_ = std::move(*who);
}

socket_session::~socket_session() { leave(); }

void socket_session::on_open(ws_socket& socket) {
  socket_ = &socket;
  opened_ = shared_.table.clock().steady();
  reader_ = shared_.table.add(*this);
  if (shared_.table.is_draining())
    close(4000, "draining");
}

void socket_session::on_closed() { leave(); }

void socket_session::leave() {
  phase_ = phase::closing;
  for (const auto& one : followed_)
    drop(*one);
  sweep();
  if (reader_ != 0)
    shared_.table.remove(std::exchange(reader_, 0));
  if (std::exchange(counted_, false)) {
    shared_.quota.return_socket(me_.who.user);
    shared_.quota.leave(me_.who.session);
  }
  socket_ = nullptr;
}

// -- what comes in --------------------------------------------------------------------------------------------------

void socket_session::on_text(std::string_view message) {
  if (phase_ == phase::closing)
    return;
  auto frames = decode_message(message);
  if (!frames)
    return close(4500, "bad_request: " + frames.error().detail);
  run(std::move(*frames));
}

void socket_session::run(std::vector<client_frame>&& frames) {
  for (auto& frame : frames) {
    if (phase_ == phase::closing)
      return;
    if (phase_ != phase::judging) {
      handle(frame);
      continue;
    }
    if (waiting_->frames.size() >= waiting_frames_max)
      return close(1008, "too much before the token was judged");
    waiting_->frames.push_back(std::move(frame));
  }
}

void socket_session::handle(client_frame& frame) {
  if (phase_ == phase::hello)
    return first(frame);
  if (within_rate(frame))
    std::visit([this](auto& one) { on(one); }, frame);
}

bool socket_session::within_rate(const client_frame& frame) {
  if (!shared_.settings.rate_limits || rate_.take(shared_.table.clock().steady()))
    return true;
  if (rate_.abused())
    dismiss(4006, "rate_limited", 1000);
  else
    send(reply_rate_limited(id_of(frame), problem(refuse(problem_code::rate_limited, "at most 50 frames a second")),
                            rate_.retry_after_ms()));
  return false;
}

// -- hello ----------------------------------------------------------------------------------------------------------

void socket_session::first(client_frame& frame) {
  if (std::holds_alternative<refused_frame>(frame))
    return close(4500, "bad_request: a value of the first frame is out of range");
  auto* hello = std::get_if<hello_frame>(&frame);
  if (!hello)
    return close(4501, "unauthorized: the first frame is hello");
  if (!hello->token && !upgraded_)
    return close(4501, "unauthorized: a token is needed");
  waiting_ = std::make_unique<waiting>();
  waiting_->resume = std::move(hello->resume);
  if (!hello->token)
    return admit();
  phase_ = phase::judging;
  update_reading();
  shared_.authenticate(std::move(*hello->token), ip_,
                       [&table = shared_.table, reader = reader_](result<authenticated> verdict) {
                         if (auto* self = static_cast<socket_session*>(table.find(reader)))
                           self->on_judged(std::move(verdict));
                       });
}

void socket_session::on_judged(result<authenticated>&& verdict) {
  if (phase_ != phase::judging)
    return;
  if (!verdict) {
    const auto code = verdict.error().code;
    if (info(code).status == 503)
      return close(1013, "overloaded");
    if (code == problem_code::rate_limited)
      return close(4006, "rate_limited");
    return code == problem_code::token_expired ? close(4001, "token_expired") : close(4501, "unauthorized");
  }
  if (upgraded_ && me_.who.user != verdict->who.user)
    return close(4501, "unauthorized: the upgrade was another user's");
  me_ = std::move(*verdict);
  admit();
}

void socket_session::admit() {
  const auto& clock = shared_.table.clock();
  const auto now = clock.wall();
  if (is_over(me_, now))
    return close(4001, "token_expired");
  if (is_denied(me_.who))
    return close(4505, "session_revoked");
  counted_ = shared_.quota.take_socket(me_.who.user);
  if (!counted_)
    return close(4503, "connection_limit");
  shared_.quota.enter(me_.who.session);
  phase_ = phase::open;
  const auto& settings = shared_.settings;
  send(welcome_text({make_uuid_v7(), settings.node, now, settings.window, settings.frame_max, me_.who.user, me_.name}));
  update_reading();
  warn_of_expiry(now);
  const auto early = std::move(waiting_);
  for (auto& one : early->resume)
    if (phase_ == phase::open)
      on(one);
  run(std::move(early->frames));
}

void socket_session::on(hello_frame&) { close(4500, "bad_request: a second hello"); }

// -- frames of an open socket ---------------------------------------------------------------------------------------

void socket_session::on(auth_frame& frame) {
  shared_.authenticate(std::move(frame.token), ip_,
                       [&table = shared_.table, reader = reader_, id = frame.id](result<authenticated> verdict) {
                         if (auto* self = static_cast<socket_session*>(table.find(reader)))
                           self->on_renewed(id, std::move(verdict));
                       });
}

void socket_session::on_renewed(const frame_id& id, result<authenticated>&& verdict) {
  if (phase_ != phase::open)
    return;
  if (!verdict)
    return refuse_frame(id, verdict.error());
  if (verdict->who.user != me_.who.user)
    return refuse_frame(id, refuse(problem_code::forbidden, "a socket stays with its user"));
  if (is_denied(verdict->who))
    return refuse_frame(id, refuse(problem_code::token_revoked, "this sign-in has ended"));
  shared_.quota.leave(me_.who.session);
  me_ = std::move(*verdict);
  shared_.quota.enter(me_.who.session);
  warned_ = false;
  send(reply_ok(id));
  warn_of_expiry(shared_.table.clock().wall());
}

void socket_session::on(ping_frame& frame) { send(pong_text(frame.ts)); }

void socket_session::on(refused_frame& frame) { refuse_frame(frame.id, frame.why); }

void socket_session::on(cmd_frame& frame) {
  const auto stream = parse_stream(frame.stream, me_.who.user);
  const bool chosen = !frame.op_id.is_nil();
  pending_command asked{frame.id, chosen ? frame.op_id : make_uuid_v7(),
                        stream ? stream_name(*stream) : frame.stream, me_.who.user, frame.async};
  socket_command command{std::move(frame.type), asked.stream,  std::move(frame.args), me_.who, asked.op_id, chosen,
                         frame.async,           frame.if_rev, frame.base_rev,        ip_,     frame.bytes};
  ++unanswered_;
  update_reading();
  shared_.send_command(std::move(command), [&shared = shared_, reader = reader_, asked](answer&& content) {
    on_answer(shared, reader, asked, std::move(content));
  });
}

void socket_session::on_answer(const socket_dependencies& shared, std::uint64_t reader, const pending_command& asked,
                               answer&& content) {
  auto* self = static_cast<socket_session*>(shared.table.find(reader));
  if (self && self->phase_ != phase::open)
    self = nullptr;
  const auto why =
    content.problem ? shared.render_problem(*content.problem, content.outcome_unknown) : std::string();
  if (asked.async && still_runs(content)) {
    if (self)
      self->send(reply_command(asked.id, asked.op_id, "accepted", asked.stream, {}),
                 outbound_queue::frame_kind::command_reply);
    return;
  }
  if (!asked.async || !content.kept) {
    if (self)
      self->send(content.problem ? reply_refused(asked.id, why)
                                 : reply_command(asked.id, asked.op_id, "applied", asked.stream, content),
                 outbound_queue::frame_kind::command_reply);
    return;
  }
  const auto outcome = share(command_outcome_text(asked.op_id, asked.stream, content, why));
  if (self)
    self->accepted(asked, outcome);
  shared.table.tell_user(asked.user, outcome);
  if (shared.tell_elsewhere)
    shared.tell_elsewhere(asked.user, outcome);
}

void socket_session::accepted(const pending_command& asked, const shared_text& outcome) {
  send(reply_command(asked.id, asked.op_id, "accepted", asked.stream, {}), outbound_queue::frame_kind::command_reply);
  // Who follows his own user stream is told with all his other sockets.
  const auto* mine = find(entity_ref{entity_kind::inbox, to_string(asked.user)});
  if (!mine || mine->now() == subscription::phase::starting)
    tell(outcome);
}

void socket_session::tell(const shared_text& frame) {
  // At most once: a socket that takes nothing is not buried in outcomes.
  if (phase_ != phase::open || queue_.control_bytes() > 2 * control_bytes_max)
    return;
  queue_.push_control(frame);
  wake();
}

// -- time and goodbyes ----------------------------------------------------------------------------------------------

void socket_session::on_tick(steady_time now) {
  if (phase_ == phase::hello && now - opened_ >= hello_timeout)
    return close(4501, "unauthorized: no hello within 10 s");
  if (phase_ != phase::open)
    return;
  if (resync_since_ && now - *resync_since_ >= resync_timeout) {
    node_metrics().ws_slow_closes.add();
    return dismiss(4003, "slow_consumer", 1000);
  }
  const auto wall = shared_.table.clock().wall();
  if (is_over(me_, wall))
    return dismiss(4001, "token_expired", 0);
  warn_of_expiry(wall);
  for (auto* one : bulk_)
    if (std::exchange(one->stalled, false))
      one->page_failed();
  pump();
}

void socket_session::warn_of_expiry(timestamp now) {
  if (warned_ || phase_ != phase::open || me_.expires == timestamp{} || me_.expires - now > expiry_warning)
    return;
  warned_ = true;
  send(expiring_text((me_.expires - now).count()));
}

void socket_session::dismiss(std::uint16_t code, std::string_view reason, std::uint32_t retry_ms) {
  if (phase_ == phase::closing)
    return;
  if (phase_ == phase::open)
    send(bye_text(code, reason, retry_ms, code < 4500));
  close(code, reason);
}

void socket_session::close(std::uint16_t code, std::string_view reason) {
  if (phase_ == phase::closing)
    return;
  phase_ = phase::closing;
  queue_.drop_all_events();
  for (const auto& one : followed_)
    drop(*one);
  if (socket_)
    socket_->close(code, std::string(reason.substr(0, 120)));
}

// -- what goes out --------------------------------------------------------------------------------------------------

void socket_session::send(std::string text, outbound_queue::frame_kind kind) {
  queue_.push_control(share(std::move(text)), kind);
  wake();
  update_reading();
}

void socket_session::refuse_frame(const frame_id& id, const refusal& why) { send(reply_refused(id, problem(why))); }

void socket_session::wake() {
  if (!socket_ || std::exchange(awake_, true))
    return;
  socket_->wake();
}

bool socket_session::take(text_pieces& out) {
  if (std::exchange(resync_taken_, false))
    resync_since_.reset();
  message_builder message(out);
  const auto taken = queue_.take(message, message_bytes_max, [this](std::uint32_t key) {
    const auto* one = find(key);
    return one ? one->name() : std::string();
  });
  unanswered_ -= taken.command_replies;
  resync_taken_ = taken.resync;
  awake_ = false;
  if (phase_ == phase::open && queue_.empty())
    take_bulk(message);
  update_reading();
  return message.finish();
}

void socket_session::update_reading() {
  if (phase_ == phase::closing || !socket_)
    return;
  const bool on = phase_ != phase::judging && unanswered_ < shared_.settings.window &&
                  queue_.control_frames() < control_frames_max && queue_.control_bytes() < control_bytes_max;
  if (std::exchange(reading_, on) != on)
    socket_->set_reading(on);
}

}  // namespace callboard::net
