#include "net/auth/token_cache.hpp"

#include "net/auth/digests.hpp"

#include <xxhash.h>

#include <cstring>

namespace callboard::net {
namespace {

std::uint64_t random_seed() {
  const auto bytes = random_bytes(sizeof(std::uint64_t));
  std::uint64_t out;
  std::memcpy(&out, bytes.data(), sizeof out);
  return out;
}

}  // namespace

token_cache::token_cache(std::chrono::seconds access_ttl, std::size_t entries_max)
    : access_ttl_(access_ttl), entries_max_(entries_max), seed_(random_seed()) {}

token_cache::key token_cache::key_of(std::string_view token) const noexcept {
  const auto hash = XXH3_128bits_withSeed(token.data(), token.size(), seed_);
  return {hash.high64, hash.low64};
}

token_cache::found token_cache::lookup(std::string_view token, timestamp now,
                                       steady_time tick) const {
  const auto i = entries_.find(key_of(token));
  if (i == entries_.end())
    return {};
  const auto& e = i->second;
  if (e.expires_at != timestamp{} && e.expires_at <= now)
    return {};
  if (is_denied(e.who.session, tick))
    return {verdict::denied};
  const auto what = tick - e.confirmed_at < confirmed_for ? verdict::fresh : verdict::stale;
  return {what, e.who, e.expires_at};
}

bool token_cache::put(std::string_view token, const principal& who, timestamp expires_at,
                      steady_time tick) {
  if (is_denied(who.session, tick))
    return false;
  const auto k = key_of(token);
  const auto [i, is_new] = entries_.insert_or_assign(k, entry{who, expires_at, tick});
  if (!is_new)
    return true;
  order_.push_back(k);
  if (order_.size() > entries_max_) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void token_cache::deny(const uuid& session, steady_time tick) {
  if (!denied_.insert_or_assign(session, tick + access_ttl_).second)
    return;
  denied_order_.push_back(session);
  const auto is_over = [&] {
    return denied_order_.size() > denied_max || denied_.at(denied_order_.front()) <= tick;
  };
  while (!denied_order_.empty() && is_over()) {
    denied_.erase(denied_order_.front());
    denied_order_.pop_front();
  }
}

void token_cache::recheck(const uuid& session, steady_time tick) {
  for (auto& [token, known] : entries_)
    if (known.who.session == session)
      known.confirmed_at = tick - confirmed_for;
}

void token_cache::recheck_tokens(const uuid& user, steady_time tick) {
  for (auto& [token, known] : entries_)
    if (known.who.user == user && known.who.kind == actor_kind::token)
      known.confirmed_at = tick - confirmed_for;
}

bool token_cache::is_denied(const uuid& session, steady_time tick) const {
  if (denied_.empty())
    return false;
  const auto i = denied_.find(session);
  return i != denied_.end() && tick < i->second;
}

}  // namespace callboard::net
