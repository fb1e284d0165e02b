#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace callboard::net {

struct throttle_rule {
  std::uint32_t free_attempts;           ///< failures that cost nothing
  std::chrono::seconds delay_max;        ///< 1, 2, 4 … s after that, up to here
  std::chrono::seconds forgotten_after;  ///< quiet time that wipes the slate
};

struct login_throttle_settings {
  throttle_rule account{8, std::chrono::seconds{30}, std::chrono::seconds{900}};
  throttle_rule address{50, std::chrono::seconds{900}, std::chrono::seconds{3600}};
  std::size_t entries_max = 65'536;  ///< of each kind; the oldest go first
};

/// Slows down guessing of passwords, for each account and for each address (IPv6: its /64). An
/// account's delay stays short, so that nobody can lock another out. Time is an argument. Not
/// thread-safe.
class login_throttle {
 public:
  using time = std::chrono::steady_clock::time_point;

  explicit login_throttle(std::uint64_t seed, login_throttle_settings settings = {});

  /// May this attempt be judged? If so it counts as failed until succeeded(); else how long to
  /// wait.
  std::optional<std::chrono::seconds> admit(std::string_view account, std::string_view address,
                                            time now);
  /// The password was right: the account's slate is clean and the address gets its attempt back.
  void succeeded(std::string_view account, std::string_view address);
  /// The attempt was not judged (overloaded): it is given back.
  void cancelled(std::string_view account, std::string_view address);

 private:
  struct entry {
    std::uint32_t failures = 0;
    time last{};
  };
  /// Failures of one kind of key, bounded.
  class ledger {
   public:
    ledger(const throttle_rule& rule, std::size_t entries_max)
        : rule_(rule), entries_max_(entries_max) {}
    std::chrono::milliseconds wait(std::uint64_t key, time now) const;
    void count(std::uint64_t key, time now);
    void give_back(std::uint64_t key);
    void wipe(std::uint64_t key);

   private:
    throttle_rule rule_;
    std::size_t entries_max_;
    std::unordered_map<std::uint64_t, entry> entries_;
    std::deque<std::uint64_t> order_;
  };
  std::uint64_t account_key(std::string_view account) const;
  std::uint64_t address_key(std::string_view address) const;

  std::uint64_t seed_;
  ledger accounts_, addresses_;
};

}  // namespace callboard::net
