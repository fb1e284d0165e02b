#include "net/auth/login_throttle.hpp"

#include "actors/base/network_of.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string>

namespace callboard::net {

std::chrono::milliseconds login_throttle::ledger::wait(std::uint64_t key, time now) const {
  using std::chrono::milliseconds;
  const auto i = entries_.find(key);
  if (i == entries_.end() || i->second.failures < rule_.free_attempts ||
      now - i->second.last >= rule_.forgotten_after)
    return {};
  const auto over = std::min(i->second.failures - rule_.free_attempts, 30u);
  const auto delay =
    std::min<std::chrono::seconds>(std::chrono::seconds{1LL << over}, rule_.delay_max);
  const auto gone = std::chrono::duration_cast<milliseconds>(now - i->second.last);
  return std::max(milliseconds{}, delay - gone);
}

void login_throttle::ledger::count(std::uint64_t key, time now) {
  const auto [i, is_new] = entries_.try_emplace(key);
  auto& e = i->second;
  if (!is_new && now - e.last >= rule_.forgotten_after)
    e.failures = 0;
  ++e.failures;
  e.last = now;
  if (!is_new)
    return;
  order_.push_back(key);
  if (order_.size() > entries_max_) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

void login_throttle::ledger::give_back(std::uint64_t key) {
  const auto i = entries_.find(key);
  if (i != entries_.end() && i->second.failures > 0)
    --i->second.failures;
}

void login_throttle::ledger::wipe(std::uint64_t key) {
  const auto i = entries_.find(key);
  if (i != entries_.end())
    i->second.failures = 0;
}

login_throttle::login_throttle(std::uint64_t seed, login_throttle_settings settings)
    : seed_(seed),
      accounts_(settings.account, settings.entries_max),
      addresses_(settings.address, settings.entries_max) {}

std::optional<std::chrono::seconds> login_throttle::admit(std::string_view account,
                                                          std::string_view address, time now) {
  const auto by_account = account_key(account);
  const auto by_address = address_key(address);
  const auto wait = std::max(accounts_.wait(by_account, now), addresses_.wait(by_address, now));
  if (wait.count() > 0)
    return std::chrono::ceil<std::chrono::seconds>(wait);
  accounts_.count(by_account, now);
  addresses_.count(by_address, now);
  return std::nullopt;
}

void login_throttle::succeeded(std::string_view account, std::string_view address) {
  accounts_.wipe(account_key(account));
  addresses_.give_back(address_key(address));
}

void login_throttle::cancelled(std::string_view account, std::string_view address) {
  accounts_.give_back(account_key(account));
  addresses_.give_back(address_key(address));
}

std::uint64_t login_throttle::account_key(std::string_view account) const {
  return XXH3_64bits_withSeed(account.data(), account.size(), seed_);
}

std::uint64_t login_throttle::address_key(std::string_view address) const {
  const auto network = network_of(address);
  return XXH3_64bits_withSeed(network.data(), network.size(), seed_);
}

}  // namespace callboard::net
