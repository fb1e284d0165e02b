#include "bench/load/report.hpp"
#include "bench/load/web_socket.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

namespace bench {

namespace {

/// How one server is spoken to; the load is the same.
struct dialect {
  std::string path, protocol, token, hello, hello_answer, subscribe, subscribed, marker;
  bool binary = false;
  std::function<std::string(std::uint64_t)> publish;
};

dialect callboard(const arguments& args) {
  const auto stream = "list:" + args.text("list");
  dialect out{"/v1/ws", "callboard.v1", args.text("token"), R"({"t":"hello","client":{"name":"bench","version":"1"}})",
              "\"welcome\"", R"({"t":"sub","id":1,"stream":")" + stream + R"(","snapshot":"never"})", "\"ok\":true",
              "\"type\":\"task.updated\"", false, {}};
  out.publish = [stream, task = args.text("task")](std::uint64_t n) {
    const auto number = std::to_string(n);
    return R"({"t":"cmd","id":)" + number + R"(,"stream":")" + stream + R"(","type":"task.update","args":{"id":")" + task
           + R"(","title":"message )" + number + std::string(60, '.') + "\"}}";
  };
  return out;
}

dialect nats() {
  dialect out{"/", "", "", "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n", "PONG", "SUB x 1\r\nPING\r\n",
              "PONG", "MSG x 1 ", true, {}};
  // As long as one of our `ev` frames, so that both servers move the same bytes.
  out.publish = [](std::uint64_t n) {
    auto text = "message " + std::to_string(n) + " ";
    text.resize(380, '.');
    return "PUB x 380\r\n" + text + "\r\n";
  };
  return out;
}

class run {
 public:
  explicit run(const arguments& args)
      : speak_(args.text("dialect", "callboard") == "nats" ? nats() : callboard(args)),
        window_(args.number("window", 8)),
        seconds_(args.number("seconds", 10)) {
    report_.name = args.text("name", "fanout");
    const auto port = static_cast<std::uint16_t>(args.number("port", 8080));
    const auto count = args.number("subscribers", 1'000);
    publisher_ = open(port);
    for (std::uint64_t i = 0; i < count; ++i) {
      subscribers_.push_back(open(port));
      subscribers_.back()->send(speak_.subscribe, speak_.binary);
      subscribers_.back()->wait_for(speak_.subscribed);
      poller_.add(subscribers_.back()->link, static_cast<std::uint32_t>(i));
    }
    received_.resize(count);
    poller_.add(publisher_->link, publisher_tag);
  }

  int go(std::uint64_t warmup) {
    const auto begin = steady::now();
    from_ = begin + std::chrono::seconds{warmup};
    const auto end = from_ + std::chrono::seconds{seconds_};
    while (steady::now() < end) {
      publish();
      poller_.wait(100, [this](std::uint32_t tag) { on_ready(tag); });
    }
    report_.seconds = double(seconds_);
    report_.print();
    return report_.done > 0 ? 0 : 1;
  }

 private:
  static constexpr std::uint32_t publisher_tag = 0xFFFF'FFFF;

  std::unique_ptr<web_socket> open(std::uint16_t port) {
    auto out = std::make_unique<web_socket>(port, speak_.path, speak_.protocol, speak_.token);
    out->send(speak_.hello, speak_.binary);
    out->wait_for(speak_.hello_answer);
    return out;
  }

  /// A message counts as under way until the last subscriber has it.
  void publish() {
    while (sent_at_.size() - whole_ < window_) {
      publisher_->send(speak_.publish(sent_at_.size()), speak_.binary);
      sent_at_.push_back(steady::now());
      missing_.push_back(static_cast<std::uint32_t>(subscribers_.size()));
    }
    publisher_->link.flush();
  }

  void on_ready(std::uint32_t tag) {
    auto& socket = tag == publisher_tag ? *publisher_ : *subscribers_[tag];
    if (!socket.link.fill())
      throw std::runtime_error{"the server closed a socket"};
    while (const auto message = socket.receive())
      if (tag != publisher_tag)
        count(tag, occurrences(*message, speak_.marker));
    if (socket.link.wants_write())
      socket.link.flush();
  }

  void count(std::uint32_t tag, std::size_t messages) {
    const auto now = steady::now();
    for (std::size_t i = 0; i < messages && received_[tag] < sent_at_.size(); ++i) {
      const auto n = received_[tag]++;
      --missing_[n];
      if (now >= from_) {
        ++report_.done;
        if (missing_[n] == 0)
          report_.add_latency(now - sent_at_[n]);
      }
    }
    while (whole_ < missing_.size() && missing_[whole_] == 0)
      ++whole_;
  }

  dialect speak_;
  std::size_t window_;
  std::uint64_t seconds_;
  std::unique_ptr<web_socket> publisher_;
  std::vector<std::unique_ptr<web_socket>> subscribers_;
  std::vector<std::size_t> received_;
  std::vector<steady::time_point> sent_at_;
  std::vector<std::uint32_t> missing_;
  std::size_t whole_ = 0;
  steady::time_point from_;
  poller poller_;
  report report_;
};

}  // namespace

/// One publisher, many subscribers: `done` counts deliveries, latency is until the last subscriber has a message.
int fanout_load(const arguments& args) { return run{args}.go(args.number("warmup", 2)); }

/// Holds subscribed sockets open for a while, so that somebody can weigh the server.
int idle_sockets(const arguments& args) {
  const auto speak = callboard(args);
  std::vector<std::unique_ptr<web_socket>> sockets;
  for (std::uint64_t i = 0; i < args.number("subscribers", 1'000); ++i) {
    auto socket = std::make_unique<web_socket>(static_cast<std::uint16_t>(args.number("port", 8080)), speak.path,
                                               speak.protocol, speak.token);
    socket->send(speak.hello);
    socket->wait_for(speak.hello_answer);
    socket->send(speak.subscribe);
    socket->wait_for(speak.subscribed);
    sockets.push_back(std::move(socket));
  }
  std::puts("ready");
  std::fflush(stdout);
  std::this_thread::sleep_for(std::chrono::seconds{args.number("seconds", 10)});
  return 0;
}

}  // namespace bench
