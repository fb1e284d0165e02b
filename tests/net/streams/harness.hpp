#pragma once

#include "actors/base/json_writer.hpp"
#include "net/ws_service.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callboard::net::test {

namespace json = boost::json;

/// An event loop whose turns and time the test decides.
class hand_loop final : public event_loop {
 public:
  void post(std::function<void()> work) noexcept override { posted_.push_back(std::move(work)); }
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    timers_.emplace(now_ + delay, std::move(work));
  }
  bool run_one() {
    if (posted_.empty())
      return false;
    const auto work = std::move(posted_.front());
    posted_.pop_front();
    work();
    return true;
  }
  void run() {
    while (run_one()) {
    }
  }
  void advance(std::chrono::milliseconds by) {
    const auto until = now_ + by;
    while (!timers_.empty() && timers_.begin()->first <= until) {
      now_ = timers_.begin()->first;
      const auto work = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      work();
      if (running_)
        run();
    }
    now_ = until;
  }
  steady_time now() const { return now_; }
  timestamp wall() const {
    return timestamp{std::chrono::hours{24 * 20000}} +
           std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
  }
  void stop_running_in_time() { running_ = false; }

 private:
  std::deque<std::function<void()>> posted_;
  std::multimap<steady_time, std::function<void()>> timers_;
  steady_time now_{std::chrono::hours{1}};
  bool running_ = true;
};

/// Streams in memory with the runtime's order: what is asked is done in turn, journal pages whenever they like.
class memory_streams final : public entities {
 public:
  explicit memory_streams(std::size_t replay_max = 5000) : replay_max_(replay_max) {}

  void tell(envelope_ptr) override {}
  void subscribe(subscribe_request request) override {
    asked_.push_back([this, request = std::move(request)] { begin(request); });
  }
  void unsubscribe(stream_sink* sink, const entity_ref& stream, std::uint64_t token) override {
    asked_.push_back([this, sink, stream, token] {
      std::erase_if(logs_[stream].readers, [&](const auto& one) { return one.sink == sink && one.token == token; });
    });
  }
  void catch_up(stream_sink* sink, const entity_ref& stream, std::uint64_t token, std::uint64_t after,
                std::size_t limit) override {
    ++pages_asked;
    reads_.push_back([this, sink, stream, token, after, limit] {
      stream_page page{token, page_problem, {}};
      const auto& items = logs_[stream].items;
      for (auto i = after; !page.problem && i < items.size() && page.items.size() < limit; ++i)
        page.items.push_back(items[i]);
      sink->deliver(one_notice(std::move(page)));
    });
  }
  std::uint64_t stream_epoch() const noexcept override { return 0xABCD; }

  /// Commits `count` events of a type and tells the sinks once.
  void publish(const entity_ref& stream, std::size_t count = 1, std::string type = "task.updated.v1",
               std::size_t bytes = 8) {
    auto& log = logs_[stream];
    stream_events fresh{stream, {}};
    for (std::size_t i = 0; i < count; ++i) {
      auto event = std::make_shared<recorded_event>();
      event->entity = std::make_shared<const entity_ref>(stream);
      event->seq = log.items.size() + 1;
      event->type = type;
      event->data = share("{\"title\":\"" + std::string(bytes, 'x') + "\"}");
      log.items.push_back({event, share(render_ev_frame(*event, event->seq - 1))});
      fresh.items.push_back(log.items.back());
    }
    for (auto* sink : sinks(log, std::nullopt))
      sink->deliver(one_notice(fresh));
  }
  void revoke(const entity_ref& stream, std::optional<uuid> user) {
    auto& log = logs_[stream];
    const auto gone = sinks(log, user);
    std::erase_if(log.readers, [&](const auto& one) { return !user || one.who.user == *user; });
    for (auto* sink : gone)
      sink->deliver(one_notice(stream_ended{stream, user, "revoked", log.items.size()}));
  }
  void forbid(const entity_ref& stream) { logs_[stream].forbidden = true; }

  bool do_one() { return do_first(asked_); }
  bool read_one() { return do_first(reads_); }
  bool do_all() {
    bool any = false;
    while (do_one() || read_one())
      any = true;
    return any;
  }
  std::uint64_t head(const entity_ref& stream) { return logs_[stream].items.size(); }
  std::size_t reader_count(const entity_ref& stream) { return logs_[stream].readers.size(); }

  std::size_t snapshot_parts = 1;
  std::size_t part_bytes = 10;
  std::size_t pages_asked = 0;
  std::optional<refusal> page_problem;

 private:
  struct log {
    std::vector<published> items;
    std::vector<subscribe_request> readers;
    bool forbidden = false;
  };

  template <class Notice>
  static std::vector<stream_notice> one_notice(Notice notice) {
    std::vector<stream_notice> out;
    out.emplace_back(std::move(notice));
    return out;
  }
  static std::vector<stream_sink*> sinks(const log& from, std::optional<uuid> user) {
    std::vector<stream_sink*> out;
    for (const auto& one : from.readers)
      if ((!user || one.who.user == *user) && std::find(out.begin(), out.end(), one.sink) == out.end())
        out.push_back(one.sink);
    return out;
  }
  static bool do_first(std::deque<std::function<void()>>& queue) {
    if (queue.empty())
      return false;
    const auto work = std::move(queue.front());
    queue.pop_front();
    work();
    return true;
  }
  void begin(const subscribe_request& request) {
    auto& log = logs_[request.stream];
    stream_started answer;
    answer.token = request.token;
    answer.stream = request.stream;
    answer.seq = log.items.size();
    const auto& since = request.since;
    if (log.forbidden) {
      answer.problem = refuse(problem_code::not_found, "there is no such stream");
    } else if (request.snapshot != snapshot_wish::always && since && since->epoch == stream_epoch() &&
               since->seq <= answer.seq && answer.seq - since->seq <= replay_max_) {
      answer.mode = stream_started::start_mode::replay;
      answer.recovered = true;
    } else if (request.snapshot != snapshot_wish::never) {
      answer.mode = stream_started::start_mode::snapshot;
      auto parts = std::make_shared<std::vector<text_pieces>>();
      for (std::size_t i = 0; i < snapshot_parts; ++i)
        parts->push_back({share("\"n\":"), share("\"" + std::string(part_bytes, 'p') + "\"")});
      answer.parts = std::move(parts);
    }
    if (!answer.problem)
      log.readers.push_back(request);
    request.sink->deliver(one_notice(std::move(answer)));
  }

  std::size_t replay_max_;
  std::map<entity_ref, log> logs_;
  std::deque<std::function<void()>> asked_, reads_;
};

/// A socket whose far end is the test.
class far_end final : public ws_socket {
 public:
  explicit far_end(std::unique_ptr<ws_session> session) : session_(std::move(session)) { session_->on_open(*this); }
  ~far_end() override { hang_up(); }

  void wake() override { woken = true, ++wakes; }
  void close(std::uint16_t with, std::string) override { code = with; }
  void set_reading(bool on) override { reading = on; }

  void say(std::string_view text) { session_->on_text(text); }
  void hang_up() {
    if (session_)
      session_->on_closed();
    session_.reset();
  }
  /// One message, if one waits: its frames.
  std::vector<json::object> take_one() {
    text_pieces pieces;
    std::vector<json::object> out;
    if (!woken || !session_->take(pieces)) {
      woken = false;
      return out;
    }
    last_bytes = size_of(pieces);
    const auto value = json::parse(join(pieces));
    if (value.is_object())
      out.push_back(value.get_object());
    else
      for (const auto& one : value.get_array())
        out.push_back(one.get_object());
    return out;
  }
  std::vector<json::object> take_all() {
    std::vector<json::object> out;
    for (auto some = take_one(); !some.empty(); some = take_one())
      out.insert(out.end(), some.begin(), some.end());
    return out;
  }

  std::uint16_t code = 0;
  bool reading = true, woken = false;
  std::size_t wakes = 0, last_bytes = 0;

 private:
  std::unique_ptr<ws_session> session_;
};

inline std::string text_of(const json::object& frame, std::string_view name) {
  const auto* value = frame.if_contains(name);
  return value && value->is_string() ? std::string(std::string_view(value->get_string())) : std::string();
}
inline std::uint64_t number_of(const json::object& frame, std::string_view name) {
  return frame.at(name).to_number<std::uint64_t>();
}
/// `welcome reply:snapshot snap ev:3<2 evs:4-6<3`: what came, in short.
inline std::string brief(const std::vector<json::object>& frames) {
  std::string out;
  for (const auto& frame : frames) {
    const auto t = text_of(frame, "t");
    out += (out.empty() ? "" : " ") + t;
    if (t == "reply")
      out += frame.contains("mode") ? ":" + text_of(frame, "mode") : frame.at("ok").as_bool() ? ":ok" : ":no";
    else if (t == "ev")
      out += ":" + std::to_string(number_of(frame, "seq")) + "<" + std::to_string(number_of(frame, "prev"));
    else if (t == "evs")
      out += ":" + std::to_string(number_of(frame, "from")) + "-" + std::to_string(number_of(frame, "to")) + "<" +
             std::to_string(number_of(frame, "prev"));
    else if (t == "resync")
      out += ":" + text_of(frame, "reason");
  }
  return out;
}

inline const uuid alice = *parse_uuid("01920000-0000-7000-8000-00000000000a");
inline const uuid bob = *parse_uuid("01920000-0000-7000-8000-00000000000b");
inline const entity_ref list_one{entity_kind::list, "01920000-0000-7000-8000-000000000001"};
inline const std::string one_name = "list:" + list_one.id;

/// Everything around a socket, in one thread and by hand. Tokens: `alice`, `bob`, `old`, `weak`; others are wrong.
class house {
 public:
  explicit house(std::size_t replay_max = 5000, std::uint32_t sockets_max = 3, socket_settings options = {})
      : streams(replay_max), quota(sockets_max, 10'000),
        table(loop, streams,
              {.digest =
                 [this](const entity_ref&, const principal& who, auto done) {
                   ++digests_asked;
                   done(who.user == alice ? digest : std::nullopt);
                 },
               .clock = {[this] { return loop.now(); }, [this] { return loop.wall(); }}}),
        shared{table, quota, std::move(options), {}, {}, {}, {}} {
    shared.authenticate = [this](std::string token, const std::string&, auto done) {
      judging.push_back([this, token, done] { done(judge(token)); });
      if (!hold_judging)
        judge_all();
    };
    shared.send_command = [this](socket_command&& command, auto done) {
      commands.emplace_back(std::move(command), std::move(done));
    };
    shared.render_problem = [](const refusal& why, std::optional<bool>) {
      return json_writer().open('{').member("code", info(why.code).wire_name).member("detail", why.detail).close('}').take();
    };
    table.start();
  }

  result<authenticated> judge(const std::string& token) {
    authenticated out{{actor_kind::user, instance_role::player, scopes_of(instance_role::player), alice, alice},
                      loop.wall() + lifetime, "Alice"};
    if (token == "bob")
      out.who.user = out.who.session = bob;
    else if (token == "weak")
      out.who.scopes = 0;
    else if (token == "old")
      return refuse(problem_code::token_expired, "expired");
    else if (token != "alice")
      return refuse(problem_code::unauthenticated, "wrong");
    return out;
  }
  void judge_all() {
    const auto now = std::exchange(judging, {});
    for (const auto& one : now)
      one();
  }
  std::unique_ptr<far_end> connect(std::optional<authenticated> who = {}) {
    return std::make_unique<far_end>(make_ws_session(shared, std::move(who), "127.0.0.1"));
  }
  /// A socket that has said hello and read its welcome.
  std::unique_ptr<far_end> signed_in(const std::string& token = "alice") {
    auto socket = connect();
    socket->say(R"({"t":"hello","token":")" + token + "\"}");
    socket->take_all();
    return socket;
  }
  void settle() {
    do {
      loop.run();
    } while (streams.do_all());
  }
  /// Turns of everything, with the socket taking whatever comes.
  std::vector<json::object> read(far_end& socket) {
    std::vector<json::object> out;
    for (int quiet = 0; quiet < 2;) {
      settle();
      const auto some = socket.take_all();
      quiet = some.empty() ? quiet + 1 : 0;
      out.insert(out.end(), some.begin(), some.end());
    }
    return out;
  }

  hand_loop loop;
  memory_streams streams;
  user_quota quota;
  stream_table table;
  socket_dependencies shared;
  bool hold_judging = false;
  std::chrono::seconds lifetime{900};
  std::optional<state_digest> digest;  ///< what the streams' entities say to alice
  std::size_t digests_asked = 0;
  std::vector<std::function<void()>> judging;
  std::vector<std::pair<socket_command, std::function<void(answer&&)>>> commands;
};

inline std::string sub_text(const std::string& more = "", const std::string& stream = one_name, int id = 1) {
  return R"({"t":"sub","id":)" + std::to_string(id) + R"(,"stream":")" + stream + "\"" + more + "}";
}
inline std::string since_text(std::uint64_t seq) {
  return R"(,"since":{"epoch":"000000000000abcd","seq":)" + std::to_string(seq) + "}";
}

}  // namespace callboard::net::test
