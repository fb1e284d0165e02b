#include "net/user_quota.hpp"

namespace callboard::net {

bool user_quota::take_socket(const uuid& user) { return take(user, &held::sockets, sockets_max_); }
void user_quota::return_socket(const uuid& user) { give_back(user, &held::sockets); }
bool user_quota::take_subscription(const uuid& user) { return take(user, &held::subscriptions, subscriptions_max_); }
void user_quota::return_subscription(const uuid& user) { give_back(user, &held::subscriptions); }

void user_quota::enter(const uuid& session) {
  const std::lock_guard lock(guard_);
  ++sessions_[session];
}

void user_quota::leave(const uuid& session) {
  const std::lock_guard lock(guard_);
  const auto at = sessions_.find(session);
  if (at != sessions_.end() && --at->second == 0)
    sessions_.erase(at);
}

std::uint32_t user_quota::sockets_of(const uuid& session) {
  const std::lock_guard lock(guard_);
  const auto at = sessions_.find(session);
  return at == sessions_.end() ? 0 : at->second;
}

bool user_quota::take(const uuid& user, std::uint32_t held::*what, std::uint32_t most) {
  const std::lock_guard lock(guard_);
  auto& mine = users_[user];
  if (mine.*what >= most) {
    if (mine.sockets == 0 && mine.subscriptions == 0)
      users_.erase(user);
    return false;
  }
  ++(mine.*what);
  return true;
}

void user_quota::give_back(const uuid& user, std::uint32_t held::*what) {
  const std::lock_guard lock(guard_);
  const auto at = users_.find(user);
  if (at == users_.end())
    return;
  --(at->second.*what);
  if (at->second.sockets == 0 && at->second.subscriptions == 0)
    users_.erase(at);
}

}  // namespace callboard::net
