#include "tests/net/edge/edge_fixture.hpp"

#include <future>
#include <vector>

namespace callboard::net::testing {
namespace {

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

TEST(HttpConnection, AnswersSeveralRequestsOnOneConnection) {
  edge server;
  raw_client client(server.port);
  for (int i = 0; i < 3; ++i) {
    client.received.clear();
    client.send(get("/" + std::to_string(i)));
    ASSERT_TRUE(client.wait_for("GET /" + std::to_string(i)));
    EXPECT_TRUE(client.received.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_NE(client.received.find("Content-Length: 7\r\n"), std::string::npos);
  }
}

TEST(HttpConnection, PipelinedAnswersComeInOrderThoughServedBackwards) {
  std::vector<respond> waiting;
  edge_settings settings;
  settings.threads = 1;
  edge server(
    [&](http_request&&, respond done) {
      waiting.push_back(std::move(done));
      if (waiting.size() < 8)
        return;
      for (std::size_t i = waiting.size(); i-- > 0;)
        waiting[i]({200, {}, {share("<" + std::to_string(i) + ">")}, false});
    },
    settings);
  raw_client client(server.port);
  std::string all;
  for (int i = 0; i < 8; ++i)
    all += get("/");
  client.send(all);
  ASSERT_TRUE(client.wait_for("<7>"));
  for (int i = 0; i < 7; ++i)
    EXPECT_LT(client.received.find("<" + std::to_string(i) + ">"), client.received.find("<" + std::to_string(i + 1) + ">"));
}

TEST(HttpConnection, MoreThanSixteenPipelinedRequestsWaitAndAreAllAnswered) {
  std::size_t running = 0, most = 0;
  event_loop* loop = nullptr;
  edge_settings settings;
  settings.threads = 1;
  edge server(
    [&](http_request&& request, respond done) {
      most = std::max(most, ++running);
      loop->after(std::chrono::milliseconds(1), [&running, done, target = request.target] {
        --running;
        done({200, {}, {share("<" + target + ">")}, false});
      });
    },
    settings);
  loop = server.last_loop;
  raw_client client(server.port);
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += get("/" + std::to_string(i));
  client.send(all);
  EXPECT_TRUE(client.wait_for("</99>"));
  EXPECT_LE(most, 16u);
}

TEST(HttpConnection, HeadHasTheLengthButNoBody) {
  edge server;
  raw_client client(server.port);
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
  ASSERT_TRUE(client.wait_for("GET /y"));
  EXPECT_NE(client.received.find("Content-Length: 8\r\n\r\nHTTP/1.1 200"), std::string::npos);
}

TEST(HttpConnection, NoContentAndNotModifiedHaveNeitherBodyNorLength) {
  edge server([](http_request&& request, respond done) {
    done({static_cast<std::uint16_t>(std::stoi(request.target.substr(1))), {}, {share("body")}, false});
  });
  raw_client client(server.port);
  client.send(get("/204") + get("/304") + get("/200"));
  ASSERT_TRUE(client.wait_for("body"));
  EXPECT_EQ(client.received.find("body"), client.received.size() - 4);
  EXPECT_EQ(client.received.find("Content-Length"), client.received.rfind("Content-Length"));
}

TEST(HttpConnection, ContinueIsSentBeforeTheBody) {
  edge server;
  raw_client client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(client.wait_for("HTTP/1.1 100 Continue\r\n"));
  client.send("abc");
  EXPECT_TRUE(client.wait_for("POST / abc"));
}

TEST(HttpConnection, ChunkedBodiesArriveWhole) {
  edge server;
  raw_client client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("A;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n" + get("/next"));
  EXPECT_TRUE(client.wait_for("POST / abc0123456789"));
  EXPECT_TRUE(client.wait_for("GET /next"));
}

TEST(HttpConnection, LargeBodiesGoBothWays) {
  edge server([](http_request&& request, respond done) {
    text_pieces body;
    for (int i = 0; i < 100; ++i) {
      body.push_back(share(std::string(40'000, static_cast<char>('a' + i % 26))));
      body.push_back(share("|"));
    }
    body.push_back(share(std::to_string(request.body.size()) + "!"));
    done({200, {}, std::move(body), false});
  });
  raw_client client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + std::string(1048576, 'x'));
  ASSERT_TRUE(client.wait_for("1048576!"));
  EXPECT_GT(client.received.size(), 4'000'000u);
}

TEST(HttpConnection, OldClientsAndCloseEndTheConnection) {
  edge server;
  for (const std::string request : {"GET /x HTTP/1.0\r\n\r\n", "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    raw_client client(server.port);
    client.send(request + get("/never"));
    client.finish_sending();
    EXPECT_TRUE(client.wait_closed());
    EXPECT_NE(client.received.find("Connection: close"), std::string::npos);
    EXPECT_EQ(client.received.find("/never"), std::string::npos);
  }
}

TEST(HttpConnection, AHalfClosedClientStillGetsItsAnswers) {
  edge server;
  raw_client client(server.port);
  client.send(get("/1") + get("/2"));
  client.finish_sending();
  EXPECT_TRUE(client.wait_closed());
  EXPECT_NE(client.received.find("GET /2"), std::string::npos);
}

TEST(HttpConnection, ARefusedLargeBodyStillGetsItsAnswer) {
  edge server;
  raw_client client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + std::string(100'000, 'x'));
  EXPECT_TRUE(client.wait_for("413 Content Too Large"));
}

TEST(HttpConnection, AThrowingHandlerAnswers500AndIsCounted) {
  edge server([](http_request&&, respond) { throw std::runtime_error("x"); });
  raw_client client(server.port);
  client.send(get("/"));
  EXPECT_TRUE(client.wait_for("500 Internal Server Error"));
  EXPECT_EQ(server.server->counts().exceptions, 1u);
}

TEST(HttpConnection, HeadersThatWouldSplitTheAnswerAreLeftOut) {
  edge server([](http_request&&, respond done) {
    done({200, {{"X-A", "b\r\nX-Evil: 1"}, {"Content-Length", "99"}, {"X-B", "c"}}, {share("ok")}, false});
  });
  raw_client client(server.port);
  client.send(get("/"));
  ASSERT_TRUE(client.wait_for("\r\n\r\nok"));
  EXPECT_EQ(client.received.find("Evil"), std::string::npos);
  EXPECT_EQ(client.received.find("99"), std::string::npos);
  EXPECT_NE(client.received.find("X-B: c"), std::string::npos);
}

}  // namespace
}  // namespace callboard::net::testing
