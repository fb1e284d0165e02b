#include "tests/net/edge/edge_fixture.hpp"

#include <atomic>

namespace callboard::net::testing {
namespace {

using std::chrono::milliseconds;

edge_settings hurried() {
  edge_settings settings;
  settings.header_timeout = settings.body_timeout = settings.idle_timeout = milliseconds(60);
  settings.body_grace = milliseconds(30);
  settings.write_timeout = settings.answer_timeout = milliseconds(80);
  return settings;
}

TEST(HttpDeadline, ASlowHeadIsRefused) {
  edge server(echo, hurried());
  raw_client client(server.port);
  client.send("GET / HTTP/1.1\r\nHos");
  EXPECT_TRUE(client.wait_for("408 Request Timeout"));
  client.finish_sending();
  EXPECT_TRUE(client.wait_closed());
}

TEST(HttpDeadline, ASlowBodyIsRefused) {
  edge server(echo, hurried());
  raw_client client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(client.wait_for("408 Request Timeout"));
}

TEST(HttpDeadline, SilentAndIdleConnectionsAreClosedWithoutAWord) {
  edge server(echo, hurried());
  raw_client silent(server.port);
  EXPECT_TRUE(silent.wait_closed());
  EXPECT_EQ(silent.received, "");
  raw_client idle(server.port);
  idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(idle.wait_closed());
  EXPECT_TRUE(idle.received.ends_with("GET / "));
}

TEST(HttpDeadline, AReaderThatStopsIsClosed) {
  auto settings = hurried();
  settings.write_rate_min = 1'000'000'000;
  edge server([](http_request&&, respond done) { done({200, {}, {share(std::string(20'000'000, 'x'))}, false}); },
              settings);
  raw_client client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server.server->counts().requests == 0 || server.server->counts().open_http > 0)
    ASSERT_TRUE(client.connected());
}

TEST(HttpDeadline, LargeBodiesThatFillTheThreadAreRefused) {
  edge_settings settings;
  settings.threads = 1;
  settings.arriving_bytes_max = 1'000'000;
  edge server(echo, settings);
  const std::string head = "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n";
  raw_client first(server.port);
  first.send(head + std::string(700'000, 'x'));
  raw_client second(server.port);
  second.send(head + std::string(700'000, 'x'));
  raw_client* refused = nullptr;
  while (!refused)
    for (auto* one : {&first, &second})
      if (one->more(20) && one->received.starts_with("HTTP/1.1 503 "))
        refused = one;
  raw_client third(server.port);
  third.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_TRUE(third.wait_for("POST /small ab"));
  auto& other = refused == &first ? second : first;
  other.send(std::string(100'000, 'x'));
  EXPECT_TRUE(other.wait_for("POST /large x"));
}

TEST(HttpDeadline, ReadersThatStopMakeRoomOnceUntakenAnswersFillTheThread) {
  constexpr std::size_t size = 20'000'000;
  edge_settings settings;
  settings.threads = 1;
  settings.unsent_bytes_max = 30'000'000;
  settings.unsent_patience = milliseconds(50);
  settings.header_timeout = milliseconds(500);  // the clock ticks often enough
  edge server([](http_request&&, respond done) { done({200, {}, {share(std::string(size, 'x'))}, false}); }, settings);
  raw_client first(server.port), second(server.port);
  for (auto* client : {&first, &second})
    client->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server.server->counts().requests < 2 || server.server->counts().open_http > 1)
    ASSERT_TRUE(first.connected());
  EXPECT_NE(first.wait_bytes(size), second.wait_bytes(size)) << "one is cut, and below the bound the other is served";
}

TEST(HttpDeadline, WhoDoesNotTakeAnswersIsAnsweredNoFurther) {
  std::atomic<int> served{0};
  edge_settings settings;
  settings.threads = 1;
  edge server(
    [&](http_request&&, respond done) {
      ++served;
      done({200, {}, {share(std::string(20'000'000, 'x'))}, false});
    },
    settings);
  raw_client client(server.port);
  std::string three;
  for (int i = 0; i < 3; ++i)
    three += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(three);
  ASSERT_TRUE(client.more());
  EXPECT_EQ(served, 1);
  EXPECT_TRUE(client.wait_bytes(60'000'000));
  EXPECT_EQ(served, 3);
}

TEST(HttpDeadline, AServiceThatNeverAnswersDoesNotHoldAConnection) {
  std::vector<respond> kept;
  edge server([&](http_request&&, respond done) { kept.push_back(std::move(done)); }, hurried());
  raw_client client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(server.server->counts().running_requests, 0u);
  server.server->stop();
}

}  // namespace
}  // namespace callboard::net::testing
