#pragma once

#include "actors/base/timestamp.hpp"

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace callboard::net {

/// Tickets for opening sockets: each stands once, for 30 s, for the token that asked for it. Kept in the memory of the
/// node that gave them. Any thread.
class ticket_table {
 public:
  static constexpr std::chrono::seconds kept{30};

  explicit ticket_table(std::size_t tickets_max = 65'536) : tickets_max_(tickets_max) {}

  /// A new ticket; nothing if too many are out.
  std::optional<std::string> give(std::string token, steady_time now);
  /// The token behind it, once; nothing if it is unknown, used or too old.
  std::optional<std::string> redeem(std::string_view ticket, steady_time now);

 private:
  struct entry {
    std::string token;
    steady_time until{};
  };
  void drop_old(steady_time now);

  const std::size_t tickets_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, entry> tickets_;
  std::deque<std::pair<steady_time, std::string>> order_;  // oldest first; redeemed ones stay until their time
};

}  // namespace callboard::net
