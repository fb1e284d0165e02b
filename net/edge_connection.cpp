#include "net/edge_connection.hpp"

#include "actors/base/network_of.hpp"

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
  const auto network = network_of(ip);
  auto& own = by_ip_[network];
  if (total_ >= max_ || own >= (max_ + 1) / 2) {
    if (own == 0)
      by_ip_.erase(network);
    return false;
  }
  ++own;
  ++total_;
  return true;
}

void connection_quota::give_back(const std::string& ip) {
  const std::lock_guard lock(mutex_);
  const auto own = by_ip_.find(network_of(ip));
  if (own == by_ip_.end())
    return;
  --total_;
  if (--own->second == 0)
    by_ip_.erase(own);
}

}  // namespace callboard::net
