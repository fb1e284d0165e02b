#include "tests/net/edge/edge_fixture.hpp"

#include <atomic>
#include <deque>
#include <mutex>

namespace callboard::net::testing {
namespace {

using std::chrono::milliseconds;

/// What a body does, and what was done with it; shared with the test's thread.
struct script {
  struct step {
    std::string text;
    body_part part = body_part::some;
  };

  void add(std::string text, body_part part = body_part::some) {
    const std::lock_guard lock(mutex);
    steps.push_back({std::move(text), part});
  }
  /// Adds a step and wakes the connection, from the test's thread.
  void push(event_loop& loop, std::string text, body_part part = body_part::some) {
    add(std::move(text), part);
    loop.post([this] {
      if (sink)
        sink->wake();
    });
  }
  step next() {
    const std::lock_guard lock(mutex);
    if (steps.empty())
      return {"", body_part::none};
    auto out = steps.front();
    if (!repeat)
      steps.pop_front();
    return out;
  }

  std::mutex mutex;
  std::deque<step> steps;
  bool repeat = false, endless = false;
  body_sink* sink = nullptr;
  std::atomic<int> opened{0}, taken{0}, closed{0}, destroyed{0};
};

class scripted_body final : public body_source {
 public:
  explicit scripted_body(script& from) : from_(from) {}
  ~scripted_body() override { ++from_.destroyed; }
  void on_open(body_sink& sink) override {
    from_.sink = &sink;
    ++from_.opened;
  }
  body_part take(text_pieces& out) override {
    auto step = from_.next();
    if (step.part == body_part::some || step.part == body_part::last)
      ++from_.taken;
    if (!step.text.empty())
      out.push_back(share(std::move(step.text)));
    return step.part;
  }
  bool is_endless() const noexcept override { return from_.endless; }
  void on_closed() override {
    from_.sink = nullptr;
    ++from_.closed;
  }

 private:
  script& from_;
};

handler streaming(script& from) {
  return [&from](http_request&& request, respond done) {
    if (request.target != "/stream")
      return echo(std::move(request), std::move(done));
    http_response out{200, {{"Content-Type", "text/plain"}}, {}, false};
    out.source = std::make_unique<scripted_body>(from);
    done(std::move(out));
  };
}

edge_settings one_thread() {
  edge_settings settings;
  settings.threads = 1;
  return settings;
}

const std::string get_stream = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(HttpStream, PiecesGoOutAsChunksAndTheNextAnswerWaitsForTheEnd) {
  script body;
  body.add("hello");
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send(get_stream + "GET /after HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(client.wait_for("\r\n\r\n5\r\nhello\r\n"));
  EXPECT_NE(client.received.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(client.received.find("Content-Length"), std::string::npos);
  body.push(*server.last_loop, std::string(26, 'x'));
  ASSERT_TRUE(client.wait_for("1a\r\n" + std::string(26, 'x') + "\r\n"));
  EXPECT_EQ(client.received.find("GET /after"), std::string::npos);
  body.push(*server.last_loop, "", body_part::last);
  ASSERT_TRUE(client.wait_for("GET /after"));
  EXPECT_NE(client.received.find("\r\n0\r\n\r\nHTTP/1.1 200 OK"), std::string::npos);
  EXPECT_EQ(body.closed, 1);
}

TEST(HttpStream, AnEmptyPieceIsNotTheEnd) {
  script body;
  body.add("");
  body.add("more", body_part::last);
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send(get_stream);
  // The connection asks again only when it is woken: an empty piece writes nothing.
  while (body.taken == 0)
    ASSERT_TRUE(client.connected());
  body.push(*server.last_loop, "");
  ASSERT_TRUE(client.wait_for("4\r\nmore\r\n0\r\n\r\n"));
}

TEST(HttpStream, OverHttp10TheBytesComePlainAndTheConnectionEndsThem) {
  script body;
  body.add("one,");
  body.add("two,");
  body.add("", body_part::last);
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n");
  client.finish_sending();
  EXPECT_TRUE(client.wait_closed());
  EXPECT_TRUE(client.received.ends_with("\r\n\r\none,two,")) << client.received;
  EXPECT_EQ(client.received.find("Transfer-Encoding"), std::string::npos);
  EXPECT_NE(client.received.find("Connection: close"), std::string::npos);
}

TEST(HttpStream, HeadSaysWhatGetWouldAndOpensNothing) {
  script body;
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(client.wait_for("GET /after"));
  EXPECT_NE(client.received.find("Transfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK"), std::string::npos);
  EXPECT_EQ(body.opened, 0);
  EXPECT_EQ(body.destroyed, 1);
  EXPECT_EQ(server.server->counts().running_requests, 0u);
}

TEST(HttpStream, ABrokenBodyIsCutOffWithoutItsEnd) {
  script body;
  body.add("half");
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send(get_stream);
  ASSERT_TRUE(client.wait_for("4\r\nhalf\r\n"));
  body.push(*server.last_loop, "", body_part::broken);
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(client.received.find("0\r\n\r\n"), std::string::npos);
  EXPECT_EQ(body.closed, 1);
  EXPECT_EQ(server.server->counts().running_requests, 0u);
}

TEST(HttpStream, WhoDoesNotReadIsAskedForNoMoreAndClosedAtTheDeadline) {
  script body;
  body.repeat = true;
  body.add(std::string(1'000'000, 'x'));
  auto settings = one_thread();
  settings.write_timeout = milliseconds(300);
  settings.write_rate_min = 1'000'000'000;
  edge server(streaming(body), settings);
  raw_client client(server.port);
  client.send(get_stream);
  while (body.closed == 0)
    ASSERT_TRUE(client.connected());
  // What the two sockets' buffers hold, and one piece ahead; far from what 300 ms of making pieces would be.
  EXPECT_LT(body.taken, 30);
  while (server.server->counts().running_requests > 0)
    std::this_thread::yield();
}

TEST(HttpStream, AQuietBodyOutlivesTheDeadlinesOfRequests) {
  script body;
  body.add("first");
  auto settings = one_thread();
  settings.header_timeout = settings.body_timeout = settings.idle_timeout = settings.answer_timeout =
    settings.write_timeout = milliseconds(30);
  edge server(streaming(body), settings);
  raw_client client(server.port);
  client.send(get_stream);
  ASSERT_TRUE(client.wait_for("first"));
  EXPECT_FALSE(client.more(200));
  body.push(*server.last_loop, "second", body_part::last);
  EXPECT_TRUE(client.wait_for("second\r\n0\r\n\r\n"));
}

TEST(HttpStream, AnEndlessBodyEndsWhenItsReaderHasSaidHisLast) {
  script endless, other;
  endless.endless = true;
  endless.add("a");
  other.add("a");
  edge server(streaming(endless), one_thread()), second(streaming(other), one_thread());
  raw_client client(server.port), patient(second.port);
  for (auto* one : {&client, &patient}) {
    one->send(get_stream);
    ASSERT_TRUE(one->wait_for("1\r\na\r\n"));
    one->finish_sending();
  }
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(endless.closed, 1);
  other.push(*second.last_loop, "b", body_part::last);
  EXPECT_TRUE(patient.wait_for("1\r\nb\r\n0\r\n\r\n"));
}

TEST(HttpStream, ADrainWaitsForARunningBodyAndThenCloses) {
  script body;
  body.add("a");
  edge server(streaming(body), one_thread());
  raw_client client(server.port);
  client.send(get_stream);
  ASSERT_TRUE(client.wait_for("1\r\na\r\n"));
  server.server->drain();
  EXPECT_FALSE(server.server->wait_until_idle(milliseconds(50)));
  body.push(*server.last_loop, "b", body_part::last);
  // Idle means that all is out: a server that stops now has cut nothing off.
  EXPECT_TRUE(server.server->wait_until_idle(milliseconds(5000)));
  server.server->stop();
  EXPECT_TRUE(client.wait_closed());
  EXPECT_TRUE(client.received.ends_with("1\r\nb\r\n0\r\n\r\n")) << client.received;
}

TEST(HttpStream, AStoppedServerClosesItsBodies) {
  script body;
  body.add("a");
  {
    edge server(streaming(body), one_thread());
    raw_client client(server.port);
    client.send(get_stream);
    ASSERT_TRUE(client.wait_for("1\r\na\r\n"));
    server.server->stop();
  }
  EXPECT_EQ(body.closed, 1);
  EXPECT_EQ(body.destroyed, 1);
}

}  // namespace
}  // namespace callboard::net::testing
