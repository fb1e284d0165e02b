#include "tests/net/edge/ws_client.hpp"

#include <vector>

namespace callboard::net::testing {
namespace {

using namespace std::string_literals;

struct ws_case {
  std::string name;
  std::string bytes;
  std::string echo;    // what comes back, unless
  unsigned close = 0;  // the server closes with this code
};

void run(const std::vector<ws_case>& cases) {
  edge server(echo, {}, make_echo());
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    ws_client client(server.port);
    client.send(one.bytes);
    auto got = client.next();
    while (got && got->opcode == 10)
      got = client.next();
    ASSERT_TRUE(got);
    if (one.close == 0) {
      EXPECT_EQ(got->opcode, 1u);
      EXPECT_EQ(got->payload, one.echo);
      continue;
    }
    EXPECT_EQ(got->close_code(), one.close);
    client.finish_sending();
    EXPECT_TRUE(client.wait_closed());
  }
}

TEST(WsProtocol, ValidUtf8ComesBackWhole) {
  const std::vector<std::string> valid{
    "", "a", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "\x7f", "\0"s, "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
    "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xef\xb7\x90", "\xf0\x90\x80\x80",
    "\xf0\x9f\xbf\xbf", "\xf3\xbf\xbf\xbe", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbd", "\xe2\x82\xac uro"};
  std::vector<ws_case> cases;
  for (const auto& bytes : valid) {
    cases.push_back({"whole " + bytes, text(bytes), bytes, 0});
    std::string pieces = frame(0x01, "");
    for (const char byte : bytes)
      pieces += frame(0x00, std::string(1, byte));
    cases.push_back({"in pieces " + bytes, pieces + frame(0x80, ""), bytes, 0});
  }
  run(cases);
}

TEST(WsProtocol, InvalidUtf8Closes1007) {
  const std::vector<std::string> invalid{
    "\x80", "\xbf", "\x80\xbf", "\xc0", "\xc1\xbf", "\xc0\x80", "\xc2", "\xc2 ", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe1",
    "\xe1\x80", "\xe1\x80 ", "\xed\xa0\x80", "\xed\xad\xbf", "\xed\xbf\xbf", "\xed\xa0\x80\xed\xb0\x80", "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf", "\xf1\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80",
    "\xfb\xbf\xbf\xbf\xbf", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff", "\xfe\xfe\xff\xff", "ok\xffok",
    "\xce\xba\xed\xa0\x80"};
  std::vector<ws_case> cases;
  for (const auto& bytes : invalid) {
    cases.push_back({"whole " + bytes, text(bytes), "", 1007});
    cases.push_back({"in pieces " + bytes, frame(0x01, bytes.substr(0, 1)) + frame(0x80, bytes.substr(1)), "", 1007});
  }
  run(cases);
}

TEST(WsProtocol, FragmentsAndControlFramesAreToldApart) {
  run({
    {"two fragments", frame(0x01, "ab") + frame(0x80, "cd"), "abcd", 0},
    {"empty fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), "", 0},
    {"ping between", frame(0x01, "ab") + frame(0x89, "p") + frame(0x80, "cd"), "abcd", 0},
    {"pong unasked", frame(0x8a, "p") + text("x"), "x", 0},
    {"ping with 125 bytes", frame(0x89, std::string(125, 'p')) + text("x"), "x", 0},
    {"64 fragments", [] {
       auto bytes = frame(0x01, "a");
       for (int i = 0; i < 62; ++i)
         bytes += frame(0x00, "a");
       return bytes + frame(0x80, "a");
     }(), std::string(64, 'a'), 0},
    {"65 fragments", [] {
       auto bytes = frame(0x01, "a");
       for (int i = 0; i < 64; ++i)
         bytes += frame(0x00, "");
       return bytes;
     }(), "", 1008},
    {"continuation of nothing", frame(0x80, "a"), "", 1002},
    {"continuation without end of nothing", frame(0x00, "a"), "", 1002},
    {"text within a message", frame(0x01, "a") + frame(0x81, "b"), "", 1002},
    {"fragmented ping", frame(0x09, "p"), "", 1002},
    {"fragmented close", frame(0x08, close_payload(1000)), "", 1002},
    {"ping of 126 bytes", frame(0x89, std::string(126, 'p')), "", 1002},
    {"close of 126 bytes", frame(0x88, close_payload(1000, std::string(124, 'r'))), "", 1002},
    {"binary", frame(0x82, "a"), "", 1003},
    {"first part of binary", frame(0x02, "a"), "", 1003},
    {"empty binary", frame(0x82, ""), "", 1003},
  });
}

TEST(WsProtocol, ReservedBitsAndOpcodesAndMissingMasksClose1002) {
  std::vector<ws_case> cases;
  for (const unsigned bits : {0x10u, 0x20u, 0x30u, 0x40u, 0x50u, 0x60u, 0x70u})
    for (const unsigned opcode : {0x81u, 0x89u, 0x88u})
      cases.push_back({"reserved bits " + std::to_string(bits | opcode), frame(bits | opcode, ""), "", 1002});
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u})
    cases.push_back({"opcode " + std::to_string(opcode), frame(0x80 | opcode, ""), "", 1002});
  cases.push_back({"no mask", frame(0x81, "a", false), "", 1002});
  cases.push_back({"ping without mask", frame(0x89, "a", false), "", 1002});
  cases.push_back({"length not minimal in 2", "\x81\xfe\x00\x05"s + "1234hello", "", 1002});
  cases.push_back({"length not minimal in 8", "\x81\xff\0\0\0\0\0\0\0\x05"s + "1234hello", "", 1002});
  cases.push_back({"length with the top bit", "\x81\xff\x80\0\0\0\0\0\0\x05"s + "1234hello", "", 1002});
  run(cases);
}

TEST(WsProtocol, SizesAreMeasuredOverTheWholeMessage) {
  std::vector<ws_case> cases;
  for (const std::size_t size : {1u, 125u, 126u, 127u, 128u, 1535u, 1536u, 4096u, 65535u, 65536u})
    cases.push_back({std::to_string(size), text(std::string(size, 'a')), std::string(size, 'a'), 0});
  cases.push_back({"one too many", text(std::string(65537, 'a')), "", 1009});
  cases.push_back({"announced only", "\x81\xff\0\0\0\0\0\x10\0\0"s + "1234", "", 1009});
  cases.push_back({"in two frames", frame(0x01, std::string(40'000, 'a')) + frame(0x80, std::string(40'000, 'a')), "", 1009});
  run(cases);
}

TEST(WsProtocol, CloseCodesAreAnsweredOrRefused) {
  std::vector<ws_case> cases;
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 3000u, 3999u, 4000u, 4999u})
    cases.push_back({"close " + std::to_string(code), frame(0x88, close_payload(code, "why")), "", code});
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u})
    cases.push_back({"bad close " + std::to_string(code), frame(0x88, close_payload(code)), "", 1002});
  cases.push_back({"close of one byte", frame(0x88, "x"), "", 1002});
  run(cases);
}

TEST(WsProtocol, AnEmptyCloseIsAnswered) {
  edge server(echo, {}, make_echo());
  ws_client client(server.port);
  client.send(frame(0x88, ""));
  const auto got = client.next();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->opcode, 8u);
  client.finish_sending();
  EXPECT_TRUE(client.wait_closed());
}

}  // namespace
}  // namespace callboard::net::testing
