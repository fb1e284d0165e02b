#include "net/auth/ticket_table.hpp"

#include "net/auth/base64url.hpp"
#include "net/auth/digests.hpp"

namespace callboard::net {

std::optional<std::string> ticket_table::give(std::string token, steady_time now) {
  auto ticket = to_base64url(random_bytes(32));
  const std::lock_guard lock(mutex_);
  drop_old(now);
  if (order_.size() >= tickets_max_)
    return std::nullopt;
  order_.emplace_back(now + kept, ticket);
  tickets_[ticket] = {std::move(token), now + kept};
  return ticket;
}

std::optional<std::string> ticket_table::redeem(std::string_view ticket, steady_time now) {
  const std::lock_guard lock(mutex_);
  auto taken = tickets_.extract(std::string(ticket));
  if (taken.empty() || taken.mapped().until <= now)
    return std::nullopt;
  return std::move(taken.mapped().token);
}

void ticket_table::drop_old(steady_time now) {
  for (; !order_.empty() && order_.front().first <= now; order_.pop_front())
    tickets_.erase(order_.front().second);
}

}  // namespace callboard::net
