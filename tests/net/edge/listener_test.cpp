#include "tests/net/edge/edge_fixture.hpp"

#include <atomic>
#include <mutex>

namespace callboard::net::testing {
namespace {

TEST(Listener, ATakenPortIsRefusedWithWhatToDo) {
  edge first;
  edge_settings settings;
  settings.listen = "127.0.0.1:" + std::to_string(first.port);
  edge_server second(settings, [](event_loop& loop) { return std::make_unique<function_service>(loop, echo, nullptr); });
  const auto bound = second.start();
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().detail.find("another program has this port"), std::string::npos);
}

TEST(Listener, BadAddressesAreRefused) {
  for (const std::string listen : {"", "8080", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "192.0.2.1:0"}) {
    edge_settings settings;
    settings.listen = listen;
    edge_server server(settings, [](event_loop& loop) { return std::make_unique<function_service>(loop, echo, nullptr); });
    EXPECT_FALSE(server.start()) << listen;
  }
}

TEST(Listener, OneAddressGetsAtMostHalfOfTheConnections) {
  edge_settings settings;
  settings.connections = 4;
  edge server(echo, settings);
  raw_client a(server.port), b(server.port), c(server.port);
  EXPECT_TRUE(c.wait_closed());
  EXPECT_TRUE(c.received.starts_with("HTTP/1.1 503 "));
  EXPECT_NE(c.received.find("Connection: close"), std::string::npos);
  EXPECT_EQ(server.server->counts().refused_connections, 1u);
}

TEST(Listener, ADrainFinishesRunningRequestsAndClosesIdleConnections) {
  std::mutex mutex;
  respond pending;
  std::atomic<bool> arrived = false;
  edge_settings settings;
  settings.threads = 1;
  edge server(
    [&](http_request&&, respond done) {
      const std::lock_guard lock(mutex);
      pending = std::move(done);
      arrived = true;
    },
    settings);
  raw_client idle(server.port), busy(server.port);
  busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (!arrived)
    ASSERT_TRUE(busy.connected());
  server.server->drain();
  EXPECT_TRUE(idle.wait_closed());
  EXPECT_FALSE(server.server->wait_until_idle(std::chrono::milliseconds(1)));
  server.last_loop->post([&] { pending({200, {}, {share("done")}, false}); });
  EXPECT_TRUE(server.server->wait_until_idle(std::chrono::seconds(5)));
  EXPECT_TRUE(busy.wait_for("Connection: close"));
  EXPECT_TRUE(busy.wait_for("done"));
  EXPECT_FALSE(raw_client(server.port).connected());
  pending = nullptr;
}

TEST(Listener, ABoundAddressKeepsWhoConnectsWaitingUntilTheStart) {
  edge_settings settings;
  settings.listen = "127.0.0.1:0";
  edge_server server(settings, [](event_loop& loop) { return std::make_unique<function_service>(loop, echo, nullptr); });
  const auto bound = server.bind();
  ASSERT_TRUE(bound);
  raw_client early(bound->port);
  early.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(server.counts().accepted, 0u);
  const auto started = server.start();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->port, bound->port);
  EXPECT_TRUE(early.wait_for("GET / "));
}

TEST(Listener, AfterAHaltNothingThatIsPostedRuns) {
  edge server;
  raw_client client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.wait_for("GET / "));
  server.server->halt();
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(server.server->counts().open_http, 0u);
  bool ran = false;
  server.last_loop->post([&] { ran = true; });
  server.server->stop();
  EXPECT_FALSE(ran);
}

TEST(Listener, StopsWithRequestsRunning) {
  std::vector<respond> kept;
  edge server([&](http_request&&, respond done) { kept.push_back(std::move(done)); });
  raw_client client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server.server->counts().requests == 0)
    ASSERT_TRUE(client.connected());
  server.server->stop();
  kept.clear();
  EXPECT_TRUE(client.wait_closed());
}

}  // namespace
}  // namespace callboard::net::testing
