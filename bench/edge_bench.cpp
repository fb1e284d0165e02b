// An echo service behind the edge, for wrk: `edge_bench [host:port] [threads]`, until stdin closes.
#include "net/listener.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace {

using namespace callboard;
using namespace callboard::net;

class quiet_session final : public ws_session {
 public:
  void on_open(ws_socket& socket) override { socket_ = &socket; }
  void on_text(std::string_view message) override {
    waiting_ = share(std::string(message));
    socket_->wake();
  }
  bool take(text_pieces& out) override {
    if (!waiting_)
      return false;
    out.push_back(std::move(waiting_));
    return true;
  }
  void on_closed() override {}

 private:
  ws_socket* socket_ = nullptr;
  shared_text waiting_;
};

class echo_service final : public http_service {
 public:
  void handle(http_request&& request, respond done) override {
    http_response response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.body.push_back(request.body.empty() ? hello_ : share(std::move(request.body)));
    done(std::move(response));
  }
  void upgrade(http_request&&, std::function<void(upgrade_verdict&&)> done) override {
    upgrade_verdict verdict;
    verdict.session = std::make_unique<quiet_session>();
    done(std::move(verdict));
  }
  http_response problem(std::string_view code, std::string_view) override {
    return {400, {}, {share(std::string(code))}, true};
  }

 private:
  shared_text hello_ = share(R"({"hello":"world"})");
};

}  // namespace

int main(int argc, char** argv) {
  edge_settings settings;
  settings.listen = argc > 1 ? argv[1] : "127.0.0.1:0";
  settings.threads = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 2;
  edge_server server(settings, [](event_loop&) { return std::make_unique<echo_service>(); });
  const auto bound = server.start();
  if (!bound) {
    std::fprintf(stderr, "%s\n", bound.error().detail.c_str());
    return 1;
  }
  std::printf("http://%s/\n", bound->text().c_str());
  std::fflush(stdout);
  while (std::cin.get() != EOF) {
  }
  server.stop();
}
