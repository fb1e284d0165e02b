#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

/// What a run has seen; printed as one JSON object.
struct report {
  std::string name;
  double seconds = 0;
  std::uint64_t done = 0;
  std::map<int, std::uint64_t> statuses;  ///< of HTTP answers
  std::uint64_t errors = 0;
  std::vector<std::uint32_t> latencies_us;

  void add_latency(steady::duration took) {
    latencies_us.push_back(
      static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  }
  void print();
};

/// `--name value` pairs of the command line.
class arguments {
 public:
  arguments(int argc, char** argv);
  std::string text(const std::string& name, const std::string& otherwise = {}) const;
  std::uint64_t number(const std::string& name, std::uint64_t otherwise) const;

 private:
  std::map<std::string, std::string> values_;
};

int http_load(const arguments& args);
int command_load(const arguments& args);
int fanout_load(const arguments& args);
int idle_sockets(const arguments& args);

}  // namespace bench
