#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

namespace callboard::net {

/// Access tokens that were verified and confirmed by their session, and API tokens that their account
/// confirmed. One an edge thread, used on it alone.
class token_cache {
 public:
  /// How long a confirmation by the session counts.
  static constexpr std::chrono::seconds confirmed_for{5};

  /// `access_ttl`: how long a denied session stays denied.
  explicit token_cache(std::chrono::seconds access_ttl, std::size_t entries_max = 65'536);

  enum class verdict : std::uint8_t {
    miss,    ///< not known, or over: verify the token
    fresh,   ///< good as it is
    stale,   ///< verified before: ask the session to confirm, then put() again
    denied,  ///< its session was revoked
  };
  struct found {
    verdict what = verdict::miss;
    principal who{};  ///< for fresh and stale
    timestamp expires_at{};  ///< 0: never
  };
  found lookup(std::string_view token, timestamp now, steady_time tick) const;

  /// Keeps a token that its session has confirmed at `tick`; false: the session is denied, do not
  /// let it in.
  bool put(std::string_view token, const principal& who, timestamp expires_at, steady_time tick);

  /// Refuses every token of a session for one access ttl, whatever a confirmation on its way says.
  void deny(const uuid& session, steady_time tick);
  /// What the session confirmed counts no more: its tokens are stale until it is asked again.
  void recheck(const uuid& session, steady_time tick);
  /// The same for all API tokens of a user.
  void recheck_tokens(const uuid& user, steady_time tick);
  bool is_denied(const uuid& session, steady_time tick) const;

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  /// 128 bits of a keyed hash of the whole token.
  struct key {
    std::uint64_t high = 0, low = 0;
    bool operator==(const key&) const = default;
  };
  struct key_hash {
    std::size_t operator()(const key& k) const noexcept { return k.low; }
  };
  struct entry {
    principal who;
    timestamp expires_at{};
    steady_time confirmed_at{};
  };
  key key_of(std::string_view token) const noexcept;

  static constexpr std::size_t denied_max = 262'144;

  std::chrono::seconds access_ttl_;
  std::size_t entries_max_;
  std::uint64_t seed_;
  std::unordered_map<key, entry, key_hash> entries_;
  std::deque<key> order_;                                    // as entries_, oldest first
  std::unordered_map<uuid, steady_time, uuid_hash> denied_;  // until when
  std::deque<uuid> denied_order_;
};

}  // namespace callboard::net
