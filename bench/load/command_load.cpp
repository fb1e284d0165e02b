#include "bench/load/report.hpp"
#include "bench/load/web_socket.hpp"

#include <chrono>
#include <deque>
#include <cstdio>
#include <random>

namespace bench {

namespace {

/// A UUIDv7 (RFC 9562), as API.md's examples have them: they rise with time.
std::string make_id(std::mt19937_64& random) {
  const auto now = static_cast<unsigned long long>(
    std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  const auto low = random();
  char text[64];
  std::snprintf(text, sizeof text, "%08llx-%04llx-7%03llx-a%03llx-%012llx", now >> 16, now & 0xFFFF,
                static_cast<unsigned long long>(random() & 0xFFF), static_cast<unsigned long long>(low >> 52),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFF));
  return text;
}

}  // namespace

/// Commands on one list over one socket, `window` of them unanswered, `batch` in a message.
int command_load(const arguments& args) {
  const auto window = args.number("window", 256), batch = args.number("batch", 16);
  const auto list = args.text("list");
  const auto tasks = args.text("task");  // With a task: updates of it; without: new tasks, up to the list's bound.
  web_socket socket{static_cast<std::uint16_t>(args.number("port", 8080)), "/v1/ws", "callboard.v1", args.text("token")};
  socket.send(R"({"t":"hello","client":{"name":"bench","version":"1"}})");
  socket.wait_for("\"welcome\"");

  std::mt19937_64 random{args.number("seed", std::random_device{}())};
  std::uint64_t sent = 0;
  std::deque<steady::time_point> unanswered;
  const auto make = [&] {
    const auto n = std::to_string(++sent);
    const auto what = tasks.empty() ? R"("type":"task.create","args":{"title":"bench )" + n + "\"}"
                                    : R"("type":"task.update","args":{"id":")" + tasks + R"(","title":"bench )" + n + "\"}";
    return R"({"t":"cmd","id":")" + n + R"(","op_id":")" + make_id(random) + R"(","stream":"list:)" + list + "\"," + what + "}";
  };

  report seen;
  seen.name = args.text("name", "commands");
  const auto seconds = args.number("seconds", 10);
  const auto begin = steady::now(), from = begin + std::chrono::seconds{args.number("warmup", 2)};
  const auto end = from + std::chrono::seconds{seconds};
  poller poller;
  poller.add(socket.link, 0);
  while (steady::now() < end) {
    while (unanswered.size() + batch <= window) {
      std::string message = "[";
      for (std::uint64_t i = 0; i < batch; ++i)
        message += (i == 0 ? "" : ",") + make();
      socket.send(message + "]");
      unanswered.insert(unanswered.end(), batch, steady::now());
    }
    socket.link.flush();
    poller.want_write(socket.link, 0, socket.link.wants_write());
    poller.wait(100, [](std::uint32_t) {});
    if (!socket.link.fill())
      return 1;
    while (const auto message = socket.receive()) {
      const auto now = steady::now();
      const auto refused = occurrences(*message, "\"ok\":false");
      const auto replies = occurrences(*message, "\"t\":\"reply\"");
      for (std::size_t i = 0; i < replies && !unanswered.empty(); ++i) {
        if (now >= from)
          seen.add_latency(now - unanswered.front());
        unanswered.pop_front();
      }
      if (now >= from) {
        seen.done += replies - refused;
        seen.errors += refused;
      }
    }
  }
  seen.seconds = double(seconds);
  seen.print();
  return seen.done > 0 && seen.errors == 0 ? 0 : 1;
}

}  // namespace bench
