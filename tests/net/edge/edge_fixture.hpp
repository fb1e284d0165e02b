#pragma once

#include "net/listener.hpp"
#include "tests/net/edge/raw_client.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace callboard::net::testing {

using handler = std::function<void(http_request&&, respond)>;
using session_maker = std::function<std::unique_ptr<ws_session>()>;

/// A service made of two functions; problems carry the status of their code.
class function_service final : public http_service {
 public:
  function_service(event_loop& loop, handler handle, session_maker make)
      : loop_(loop), handle_(std::move(handle)), make_(std::move(make)) {}

  void handle(http_request&& request, respond done) override { handle_(std::move(request), std::move(done)); }
  void upgrade(http_request&&, std::function<void(upgrade_verdict&&)> done) override {
    upgrade_verdict verdict;
    if (make_)
      verdict.session = make_();
    else
      verdict.refusal = {403, {}, {share("no sockets here")}, false};
    done(std::move(verdict));
  }
  http_response problem(std::string_view code, std::string_view detail) override {
    return {status_of(code), {{"X-Code", std::string(code)}}, {share(std::string(detail))}, true};
  }

 private:
  static std::uint16_t status_of(std::string_view code) {
    for (int i = 0; i <= static_cast<int>(problem_code::http_version); ++i)
      if (const auto& row = info(static_cast<problem_code>(i)); row.wire_name == code)
        return row.status;
    return 599;
  }

  event_loop& loop_;
  handler handle_;
  session_maker make_;
};

/// Answers with method, target and body, so that a test sees what got through.
inline void echo(http_request&& request, respond done) {
  done({200, {}, {share(request.method + " " + request.target + " " + request.body)}, false});
}

/// A running edge on a free port.
class edge {
 public:
  explicit edge(handler handle = echo, edge_settings settings = {}, session_maker make = {}) {
    settings.listen = "127.0.0.1:0";
    server = std::make_unique<edge_server>(settings, [=, this](event_loop& loop) {
      last_loop = &loop;
      return std::make_unique<function_service>(loop, handle, make);
    });
    const auto bound = server->start();
    EXPECT_TRUE(bound);
    port = bound ? bound->port : 0;
  }

  std::unique_ptr<edge_server> server;
  event_loop* last_loop = nullptr;
  std::uint16_t port = 0;
};

}  // namespace callboard::net::testing
