#pragma once

#include "actors/base/uuid.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace callboard::net {

/// How many sockets (SSE and long polls count) and subscriptions each user has on this node. Any thread.
class user_quota {
 public:
  user_quota(std::uint32_t sockets_max, std::uint32_t subscriptions_max)
      : sockets_max_(sockets_max), subscriptions_max_(subscriptions_max) {}

  bool take_socket(const uuid& user);
  void return_socket(const uuid& user);
  bool take_subscription(const uuid& user);
  void return_subscription(const uuid& user);

  /// A sign-in's open sockets: shown, not bounded.
  void enter(const uuid& session);
  void leave(const uuid& session);
  std::uint32_t sockets_of(const uuid& session);

 private:
  struct held {
    std::uint32_t sockets = 0, subscriptions = 0;
  };
  bool take(const uuid& user, std::uint32_t held::*what, std::uint32_t most);
  void give_back(const uuid& user, std::uint32_t held::*what);

  const std::uint32_t sockets_max_, subscriptions_max_;
  std::mutex guard_;
  std::unordered_map<uuid, held, uuid_hash> users_;
  std::unordered_map<uuid, std::uint32_t, uuid_hash> sessions_;
};

}  // namespace callboard::net
