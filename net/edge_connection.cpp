#include "net/edge_connection.hpp"

namespace callboard::net {

void connection_table::add(std::shared_ptr<edge_connection> connection) {
  connection->place_ = connections_.size();
  connections_.push_back(std::move(connection));
}

void connection_table::remove(const edge_connection& connection) {
  const auto place = connection.place_;
  if (place >= connections_.size() || connections_[place].get() != &connection)
    return;
  std::swap(connections_[place], connections_.back());
  connections_[place]->place_ = place;
  connections_.pop_back();
}

bool connection_quota::take(const std::string& ip) {
  const std::lock_guard lock(mutex_);
  auto& own = by_ip_[ip];
  if (total_ >= max_ || own >= (max_ + 1) / 2) {
    if (own == 0)
      by_ip_.erase(ip);
    return false;
  }
  ++own;
  ++total_;
  return true;
}

void connection_quota::give_back(const std::string& ip) {
  const std::lock_guard lock(mutex_);
  const auto own = by_ip_.find(ip);
  if (own == by_ip_.end())
    return;
  --total_;
  if (--own->second == 0)
    by_ip_.erase(own);
}

}  // namespace callboard::net
