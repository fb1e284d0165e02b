#include "tests/net/edge/edge_fixture.hpp"

#include "net/strict_http.hpp"

#include <vector>

namespace callboard::net::testing {
namespace {

struct abuse {
  const char* name;
  std::string bytes;
  int status;  // 200: accepted
};

std::string get(const std::string& line, const std::string& fields = "Host: a\r\n") {
  return line + "\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }
std::string host(const std::string& value) { return get("GET / HTTP/1.1", "Host: " + value + "\r\n"); }
std::string many(std::size_t count) {
  std::string fields = "Host: a\r\n";
  for (std::size_t i = 1; i < count; ++i)
    fields += "A: b\r\n";
  return fields;
}

std::vector<abuse> cases() {
  using namespace std::string_literals;
  return {
    // framing
    {"cl and te", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"te and cl", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
    {"two equal cl", post("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"), 400},
    {"two different cl", post("Content-Length: 2\r\nContent-Length: 3\r\n", "abc"), 400},
    {"cl list", post("Content-Length: 2, 2\r\n", "ab"), 400},
    {"cl plus", post("Content-Length: +2\r\n", "ab"), 400},
    {"cl minus", post("Content-Length: -2\r\n", "ab"), 400},
    {"cl hex", post("Content-Length: 0x2\r\n", "ab"), 400},
    {"cl empty", post("Content-Length:\r\n"), 400},
    {"cl inner space", post("Content-Length: 1 2\r\n"), 400},
    {"cl fraction", post("Content-Length: 2.0\r\n", "ab"), 400},
    {"cl huge", post("Content-Length: 99999999999999999999999999\r\n"), 413},
    {"cl over limit", post("Content-Length: 1048577\r\n"), 413},
    {"cl fine", post("Content-Length: 2\r\n", "ab"), 200},
    {"te twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"te chunked chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
    {"te xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
    {"te gzip chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"te chunked gzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 400},
    {"te identity", post("Transfer-Encoding: identity\r\n"), 501},
    {"te empty", post("Transfer-Encoding:\r\n"), 400},
    {"te comma", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400},
    {"te quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
    {"te vertical tab", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400},
    {"te space before colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
    {"te upper case", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), 200},
    {"te on 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"unknown te on 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    // chunks
    {"chunks", chunked("3\r\nabc\r\n0\r\n\r\n"), 200},
    {"chunk with extension", chunked("3;a=b\r\nabc\r\n0\r\n\r\n"), 200},
    {"trailers", chunked("0\r\nX-A: b\r\n\r\n"), 200},
    {"chunk size missing", chunked("\r\nabc\r\n"), 400},
    {"chunk size 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk size plus", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk size minus", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk size space", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk size overflow", chunked("FFFFFFFFFFFFFFFFF\r\nabc"), 413},
    {"chunk size zeros", chunked("00000000000000000\r\n\r\n"), 400},
    {"chunk bare lf", chunked("3\nabc\r\n0\r\n\r\n"), 400},
    {"chunk ext lf", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk ext nul", chunked("3;a\0b\r\nabc\r\n0\r\n\r\n"s), 400},
    {"chunk ext long", chunked("3;" + std::string(300, 'x') + "\r\nabc\r\n0\r\n\r\n"), 400},
    {"chunk data too long", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
    {"chunk data bare lf", chunked("3\r\nabc\n0\r\n\r\n"), 400},
    {"chunk over limit", chunked("100001\r\n"), 413},
    {"trailer without colon", chunked("0\r\nnonsense\r\n\r\n"), 400},
    {"trailer bare lf", chunked("0\r\nX: y\n\r\n"), 400},
    {"trailer fold", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400},
    {"trailers too large", chunked("0\r\nX: " + std::string(3000, 'x') + "\r\n\r\n"), 431},
    // lines
    {"obs fold", get("GET / HTTP/1.1", "Host: a\r\nX: y\r\n z\r\n"), 400},
    {"obs fold first", get("GET / HTTP/1.1", " X: y\r\nHost: a\r\n"), 400},
    {"bare lf", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"bare lf in fields", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
    {"bare cr in value", get("GET / HTTP/1.1", "Host: a\r\nX: y\rz\r\n"), 400},
    {"bare cr in request line", "GET / HTTP/1.1\rHost: b\r\nHost: a\r\n\r\n", 400},
    {"nul in value", get("GET / HTTP/1.1", "Host: a\r\nX: y\0z\r\n"s), 400},
    {"nul in name", get("GET / HTTP/1.1", "Host: a\r\nX\0: y\r\n"s), 400},
    {"no colon", get("GET / HTTP/1.1", "Host: a\r\nnonsense\r\n"), 400},
    {"empty name", get("GET / HTTP/1.1", "Host: a\r\n: y\r\n"), 400},
    {"space in name", get("GET / HTTP/1.1", "Host: a\r\nX Y: z\r\n"), 400},
    {"utf-8 value", get("GET / HTTP/1.1", "Host: a\r\nX: \xc3\xa4\r\n"), 200},
    {"one blank line first", "\r\n" + get("GET / HTTP/1.1"), 200},
    {"two blank lines first", "\r\n\r\n" + get("GET / HTTP/1.1"), 400},
    {"space first", " " + get("GET / HTTP/1.1"), 400},
    {"tls hello", "\x16\x03\x01\x02", 400},
    // hosts
    {"no host", get("GET / HTTP/1.1", ""), 400},
    {"two hosts", get("GET / HTTP/1.1", "Host: a\r\nHost: a\r\n"), 400},
    {"empty host", host(""), 400},
    {"host with path", host("a/b"), 400},
    {"host with user", host("u@a"), 400},
    {"host with space", host("a b"), 400},
    {"host with comma and quote", host("a\"b"), 400},
    {"host port letters", host("a:x"), 400},
    {"host port long", host("a:123456"), 400},
    {"host two ports", host("a:1:2"), 400},
    {"host port alone", host(":80"), 400},
    {"host open bracket", host("[::1"), 400},
    {"host bad v6", host("[xyz]"), 400},
    {"host v6 tail", host("[::1]x"), 400},
    {"host v6", host("[::1]:80"), 200},
    {"host and port", host("example.org:8080"), 200},
    {"no host on 1.0", "GET / HTTP/1.0\r\n\r\n", 200},
    {"two hosts on 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    // request lines
    {"http 0.9", "GET /\r\n\r\n", 400},
    {"http 1.2", get("GET / HTTP/1.2"), 200},
    {"http 2.0", get("GET / HTTP/2.0"), 505},
    {"http 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"http 0.9 written", get("GET / HTTP/0.9"), 505},
    {"version lower case", get("GET / http/1.1"), 400},
    {"version short", get("GET / HTTP/1"), 400},
    {"version long", get("GET / HTTP/1.10"), 400},
    {"version plus", get("GET / HTTP/+1.1"), 400},
    {"two spaces", get("GET  / HTTP/1.1"), 400},
    {"tab for space", get("GET\t/\tHTTP/1.1"), 400},
    {"trailing space", get("GET / HTTP/1.1 "), 400},
    {"bad method", get("G(T / HTTP/1.1"), 400},
    {"long method", get(std::string(40, 'G') + " / HTTP/1.1"), 400},
    {"unknown method is the service's", get("BREW / HTTP/1.1"), 200},
    {"target without slash", get("GET a HTTP/1.1"), 400},
    {"target with fragment", get("GET /a#b HTTP/1.1"), 400},
    {"target with high byte", get("GET /\xc3\xa4 HTTP/1.1"), 400},
    {"target with nul", get("GET /a\0b HTTP/1.1"s), 400},
    {"asterisk", get("OPTIONS * HTTP/1.1"), 400},
    {"absolute equal", get("GET http://a/x HTTP/1.1"), 200},
    {"absolute in other case", get("GET HTTP://A/x HTTP/1.1"), 200},
    {"absolute other host", get("GET http://b/x HTTP/1.1"), 400},
    {"absolute with user", get("GET http://u@a/x HTTP/1.1"), 400},
    {"absolute ftp", get("GET ftp://a/x HTTP/1.1"), 400},
    {"connect", get("CONNECT a:443 HTTP/1.1"), 405},
    {"target too long", get("GET /" + std::string(8192, 'x') + " HTTP/1.1"), 414},
    {"target without end", "GET /" + std::string(9000, 'x'), 414},
    // sizes and expectations
    {"100 fields", get("GET / HTTP/1.1", many(100)), 200},
    {"101 fields", get("GET / HTTP/1.1", many(101)), 431},
    {"head too large", get("GET / HTTP/1.1", "Host: a\r\nX: " + std::string(17000, 'x') + "\r\n"), 431},
    {"two authorizations", get("GET / HTTP/1.1", "Host: a\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n"), 400},
    {"two media types", post("Content-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 400},
    {"expect other", post("Expect: 200-ok\r\n"), 417},
    {"expect twice", post("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417},
  };
}

TEST(StrictHttp, EveryAmbiguousRequestIsRefusedAndTheConnectionClosed) {
  edge server;
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    raw_client client(server.port);
    client.send(one.bytes);
    ASSERT_TRUE(client.wait_for("\r\n\r\n"));
    EXPECT_EQ(client.received.substr(9, 3), std::to_string(one.status));
    if (one.status == 200)
      continue;
    EXPECT_TRUE(client.wait_for("Connection: close"));
    client.finish_sending();
    EXPECT_TRUE(client.wait_closed());
    EXPECT_EQ(client.received.find("HTTP/1.1 ", 1), std::string::npos) << "no second answer";
  }
}

TEST(StrictHttp, TheVerdictDoesNotDependOnHowTheBytesAreCut) {
  const http_limits limits;
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    request_parser parser(limits);
    std::string waiting;
    for (const char byte : one.bytes) {
      waiting += byte;
      waiting.erase(0, parser.feed(waiting));
      if (parser.state() >= request_parser::phase::complete)
        break;
    }
    EXPECT_EQ(parser.state() == request_parser::phase::complete, one.status == 200);
  }
}

TEST(StrictHttp, AbsoluteTargetsArriveAsPaths) {
  const http_limits limits;
  for (const auto& [target, path] : std::vector<std::pair<std::string, std::string>>{
         {"http://a/x?y", "/x?y"}, {"http://a", "/"}, {"http://a?y", "/?y"}}) {
    request_parser parser(limits);
    const auto bytes = get("GET " + target + " HTTP/1.1");
    EXPECT_EQ(parser.feed(bytes), bytes.size());
    ASSERT_EQ(parser.state(), request_parser::phase::complete);
    EXPECT_EQ(parser.take().target, path);
  }
}

TEST(StrictHttp, TrailersNeverBecomeHeaders) {
  const http_limits limits;
  request_parser parser(limits);
  parser.feed(chunked("3\r\nabc\r\n0\r\nAuthorization: x\r\n\r\n"));
  ASSERT_EQ(parser.state(), request_parser::phase::complete);
  const auto request = parser.take();
  EXPECT_EQ(request.body, "abc");
  EXPECT_FALSE(request.has_header("authorization"));
}

TEST(StrictHttp, OnlyAFullHandshakeIsAnUpgrade) {
  const auto handshake = [](std::string key, std::string version) {
    http_request request{"GET", "/v1/ws", {{"host", "a"}, {"upgrade", "WebSocket"}, {"connection", "keep-alive, Upgrade"}},
                         "", "", false};
    request.headers.emplace_back("sec-websocket-key", std::move(key));
    request.headers.emplace_back("sec-websocket-version", std::move(version));
    return is_ws_handshake(request);
  };
  EXPECT_TRUE(handshake("dGhlIHNhbXBsZSBub25jZQ==", "13"));
  EXPECT_FALSE(handshake("dGhlIHNhbXBsZSBub25jZQ==", "8"));
  EXPECT_FALSE(handshake("dGhlIHNhbXBsZSBub25jZQ", "13"));
  EXPECT_FALSE(handshake("dGhlIHNhbXBsZSBub25jZR==", "13"));
  EXPECT_FALSE(handshake("", "13"));
}

}  // namespace
}  // namespace callboard::net::testing
