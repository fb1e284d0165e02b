#include "tests/net/edge/ws_client.hpp"

#include <atomic>

namespace callboard::net::testing {
namespace {

using std::chrono::milliseconds;

TEST(WsConnection, TheHandshakeNamesTheKeyAndNoExtension) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  EXPECT_TRUE(client.answer.starts_with("HTTP/1.1 101 "));
  EXPECT_NE(client.answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_EQ(client.answer.find("Extensions"), std::string::npos);
  EXPECT_EQ(client.answer.find("Beast"), std::string::npos) << client.answer;
}

TEST(WsConnection, ARefusedUpgradeLeavesAnHttpConnection) {
  edge server;
  ws_client client(server.port);
  EXPECT_TRUE(client.answer.starts_with("HTTP/1.1 403 "));
  client.send("GET /still HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.wait_for("GET /still"));
}

TEST(WsConnection, FramesBehindTheHandshakeAreNotLost) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port, text("early") + text("bird"));
  EXPECT_EQ(client.next()->payload, "early");
  EXPECT_EQ(client.next()->payload, "bird");
}

TEST(WsConnection, OutputGoesBeforeTheClose) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  client.send(text("a") + text("bye") + text("ignored"));
  EXPECT_EQ(client.next()->payload, "a");
  EXPECT_EQ(client.next()->payload, "bye");
  EXPECT_EQ(client.next()->payload, close_payload(4000, "draining"));
}

TEST(WsConnection, APeerThatDoesNotAnswerTheCloseIsCutOff) {
  edge_settings settings;
  settings.ws.close_timeout = milliseconds(30);
  edge server(echo, settings, make_echo());
  ws_client client(server.port);
  client.send(text("bye"));
  EXPECT_TRUE(client.wait_closed());
  while (server.server->counts().open_ws > 0)
    ASSERT_TRUE(client.connected());
}

TEST(WsConnection, PingsAreSentAndAMissingPongCloses4002) {
  edge_settings settings;
  settings.ws.ping_interval = milliseconds(20);
  settings.ws.pong_timeout = milliseconds(40);
  edge server(echo, settings, make_echo());
  ws_client client(server.port);
  EXPECT_EQ(client.next()->opcode, 9u);
  client.send(frame(0x8a, ""));
  auto got = client.next();
  while (got && got->opcode == 9)
    got = client.next();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->close_code(), 4002u);
}

TEST(WsConnection, PingsAreAnsweredWithTheirPayload) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  client.send(frame(0x89, "hello"));
  const auto got = client.next();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->opcode, 10u);
  EXPECT_EQ(got->payload, "hello");
}

TEST(WsConnection, AFloodOfControlFramesCloses1008) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  for (int i = 0; i < 50; ++i)
    client.send(frame(0x8a, ""));
  EXPECT_EQ(client.next()->close_code(), 1008u);
}

TEST(WsConnection, AThrowingSessionCloses1011AndIsCounted) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  client.send(text("throw"));
  EXPECT_EQ(client.next()->close_code(), 1011u);
  EXPECT_EQ(server.server->counts().exceptions, 1u);
}

// Takes one message, stops reading, and goes on when the loop's timer says so.
class pausing_session final : public ws_session {
 public:
  pausing_session(event_loop*& loop, std::atomic<int>& seen) : loop_(loop), seen_(seen) {}
  void on_open(ws_socket& socket) override { socket_ = &socket; }
  void on_text(std::string_view) override {
    EXPECT_FALSE(*paused_);
    ++seen_;
    *paused_ = true;
    socket_->set_reading(false);
    loop_->after(milliseconds(5), [socket = socket_, paused = paused_] {
      *paused = false;
      socket->set_reading(true);
    });
  }
  bool take(text_pieces&) override { return false; }
  void on_closed() override {}

 private:
  event_loop*& loop_;
  std::atomic<int>& seen_;
  ws_socket* socket_ = nullptr;
  std::shared_ptr<bool> paused_ = std::make_shared<bool>(false);
};

TEST(WsConnection, WhileReadingIsStoppedNoMessageArrives) {
  edge_settings settings;
  settings.threads = 1;
  std::atomic<int> seen = 0;
  event_loop* loop = nullptr;
  edge server(echo, settings, [&] { return std::make_unique<pausing_session>(loop, seen); });
  loop = server.last_loop;
  ws_client client(server.port);
  client.send(text("a") + text("b") + text("c"));
  while (seen < 3)
    ASSERT_TRUE(client.connected());
}

TEST(WsConnection, StoppingTheServerEndsItsSessions) {
  edge server(echo, {}, make_echo());
  ws_client a(server.port), b(server.port);
  server.server->stop();
  EXPECT_TRUE(a.wait_closed());
  EXPECT_TRUE(b.wait_closed());
}

}  // namespace
}  // namespace callboard::net::testing
