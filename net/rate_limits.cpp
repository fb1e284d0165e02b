#include "net/rate_limits.hpp"

#include "actors/base/uuid.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace callboard::net {

rate_limits::rate_limits() : table_(sets) {
  // A seed nobody outside knows: keys that share a set cannot be chosen.
  const auto random = make_uuid_v7();
  std::memcpy(&seed_, random.bytes.data() + 8, sizeof seed_);
}

rate_limits::bucket& rate_limits::find(std::uint64_t key, const rate_policy& policy, steady_time now) {
  auto& set = table_[key % sets];
  auto found = std::find_if(set.begin(), set.end(), [&](const bucket& b) { return b.key == key; });
  if (found == set.end()) {
    found = std::min_element(set.begin(), set.end(), [](const bucket& a, const bucket& b) { return a.at < b.at; });
    *found = {key, static_cast<double>(policy.quota), now};
  }
  return *found;
}

std::uint64_t rate_limits::hash_of(const rate_policy& policy, std::string_view key) const {
  const auto name_hash = XXH3_64bits_withSeed(policy.name.data(), policy.name.size(), seed_);
  return XXH3_64bits_withSeed(key.data(), key.size(), name_hash) | 1;
}

void rate_limits::give_back(const rate_policy& policy, std::string_view key, steady_time now) {
  const auto hash = hash_of(policy, key);
  const std::lock_guard lock(mutexes_[hash % sets % locks]);
  auto& b = find(hash, policy, now);
  b.tokens = std::min<double>(policy.quota, b.tokens + 1);
}

rate_verdict rate_limits::take(const rate_policy& policy, std::string_view key, steady_time now) {
  const auto hash = hash_of(policy, key);
  const std::lock_guard lock(mutexes_[hash % sets % locks]);
  auto& b = find(hash, policy, now);
  const double per_second = static_cast<double>(policy.quota) / policy.window_s;
  const double full = policy.quota;
  b.tokens = std::min(full, b.tokens + per_second * std::chrono::duration<double>(now - b.at).count());
  b.at = now;
  rate_verdict out{policy};
  out.allowed = b.tokens >= 1;
  if (out.allowed)
    b.tokens -= 1;
  else
    out.retry_s = static_cast<std::uint32_t>(std::ceil((1 - b.tokens) / per_second));
  out.remaining = static_cast<std::uint32_t>(b.tokens);
  out.reset_s = static_cast<std::uint32_t>(std::ceil((full - b.tokens) / per_second));
  return out;
}

void append_rate_headers(std::vector<std::pair<std::string, std::string>>& headers, const rate_verdict& verdict) {
  const auto name = '"' + std::string(verdict.policy.name) + '"';
  const auto quota = std::to_string(verdict.policy.quota);
  const auto remaining = std::to_string(verdict.remaining);
  const auto reset = std::to_string(verdict.reset_s);
  headers.emplace_back("RateLimit-Policy", name + ";q=" + quota + ";w=" + std::to_string(verdict.policy.window_s));
  headers.emplace_back("RateLimit", name + ";r=" + remaining + ";t=" + reset);
  headers.emplace_back("X-RateLimit-Limit", quota);
  headers.emplace_back("X-RateLimit-Remaining", remaining);
  headers.emplace_back("X-RateLimit-Reset", reset);
  if (!verdict.allowed)
    headers.emplace_back("Retry-After", std::to_string(std::max(1u, verdict.retry_s)));
}

}  // namespace callboard::net
