#include "bench/load/report.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace bench {

void report::print() {
  std::sort(latencies_us.begin(), latencies_us.end());
  const auto at = [&](double share) {
    return latencies_us.empty() ? 0.0
                                : latencies_us[static_cast<std::size_t>(share * double(latencies_us.size() - 1))] / 1000.0;
  };
  std::printf("{\"name\":\"%s\",\"seconds\":%.2f,\"done\":%llu,\"per_second\":%.0f,\"errors\":%llu,\"p50_ms\":%.3f,"
              "\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,\"statuses\":{",
              name.c_str(), seconds, static_cast<unsigned long long>(done), seconds > 0 ? double(done) / seconds : 0.0,
              static_cast<unsigned long long>(errors), at(0.5), at(0.99), at(0.999), at(1));
  const char* comma = "";
  for (const auto& [status, count] : statuses) {
    std::printf("%s\"%d\":%llu", comma, status, static_cast<unsigned long long>(count));
    comma = ",";
  }
  std::printf("}}\n");
}

arguments::arguments(int argc, char** argv) {
  for (int i = 2; i + 1 < argc; i += 2)
    values_[argv[i]] = argv[i + 1];
}

std::string arguments::text(const std::string& name, const std::string& otherwise) const {
  const auto found = values_.find("--" + name);
  return found == values_.end() ? otherwise : found->second;
}

std::uint64_t arguments::number(const std::string& name, std::uint64_t otherwise) const {
  const auto given = text(name);
  return given.empty() ? otherwise : std::stoull(given);
}

}  // namespace bench
