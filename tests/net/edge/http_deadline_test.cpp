#include "tests/net/edge/edge_fixture.hpp"

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
