#pragma once

#include "actors/base/timestamp.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::net {

/// `quota` requests a `window_s` seconds, refilled evenly.
struct rate_policy {
  std::string_view name;
  std::uint32_t quota = 0;
  std::uint32_t window_s = 60;
};

inline constexpr rate_policy api_rate{"api", 600, 60};
inline constexpr rate_policy auth_rate{"auth", 10, 60};
inline constexpr rate_policy refresh_rate{"refresh", 60, 60};
/// Wrong API tokens from one network: each makes the account it names be loaded.
inline constexpr rate_policy guess_rate{"guess", 60, 60};
inline constexpr rate_policy lookup_rate{"lookup", 20, 60};

/// What a bucket says to one more request.
struct rate_verdict {
  rate_policy policy;
  bool allowed = true;
  std::uint32_t remaining = 0;
  std::uint32_t reset_s = 0;  ///< until the bucket is full again
  std::uint32_t retry_s = 0;  ///< until one more is allowed
};

/// Token buckets in a table of fixed size; where it is full the bucket longest unused makes room. Any thread.
class rate_limits {
 public:
  rate_limits();
  rate_verdict take(const rate_policy& policy, std::string_view key, steady_time now);
  /// What was taken turned out not to count.
  void give_back(const rate_policy& policy, std::string_view key, steady_time now);

 private:
  struct bucket {
    std::uint64_t key = 0;
    double tokens = 0;
    steady_time at{};
  };
  static constexpr std::size_t ways = 4;
  static constexpr std::size_t sets = 8192;
  static constexpr std::size_t locks = 64;

  std::uint64_t hash_of(const rate_policy& policy, std::string_view key) const;
  bucket& find(std::uint64_t key, const rate_policy& policy, steady_time now);

  std::vector<std::array<bucket, ways>> table_;
  std::array<std::mutex, locks> mutexes_;
  std::uint64_t seed_;
};

/// RateLimit-Policy, RateLimit and the X-RateLimit-* forms of them.
void append_rate_headers(std::vector<std::pair<std::string, std::string>>& headers, const rate_verdict& verdict);

}  // namespace callboard::net
