#include "bench/load/connection.hpp"
#include "bench/load/report.hpp"

#include <exception>
#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  try {
    bench::raise_descriptor_limit();
    const bench::arguments args{argc, argv};
    if (mode == "http")
      return bench::http_load(args);
    if (mode == "commands")
      return bench::command_load(args);
    if (mode == "fanout")
      return bench::fanout_load(args);
    if (mode == "idle")
      return bench::idle_sockets(args);
    std::cerr << "usage: callboard_load http|commands|fanout|idle --port P [--name value]…\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "callboard_load: " << error.what() << '\n';
    return 1;
  }
}
