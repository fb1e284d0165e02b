#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "net/auth/token_cache.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard::net {

class access_tokens;
class bridge;
class rate_limits;
struct access_claims;

/// What an accepted access token stands for.
struct signed_in {
  principal who;
  timestamp expires{};  ///< 0: never
  std::string name;  ///< of the user, where it was asked for
};

using signed_in_callback = std::function<void(result<signed_in>)>;

/// The token of `Authorization: Bearer …`; an empty text for anything else.
std::string_view bearer_of(std::string_view header);

/// Judges access tokens (signature and claims here, the sign-in by its session) and API tokens (by their account). One an
/// edge thread, loop thread only.
class authenticator {
 public:
  /// `guesses` bounds wrong API tokens by network; null: unbounded.
  authenticator(const access_tokens& tokens, bridge& way, std::chrono::seconds access_ttl, rate_limits* guesses)
      : tokens_(tokens), way_(way), guesses_(guesses), cache_(access_ttl) {}

  /// `from` is the sender's IP address. `done` is called once, at once where the token was confirmed lately.
  void authenticate(std::string_view token, std::string_view from, signed_in_callback done);
  /// The same, and asks for the user's name (sockets greet with it).
  void authenticate_with_name(std::string_view token, std::string_view from, signed_in_callback done);

  /// A session ended: its tokens are refused from now on.
  void deny(const uuid& session);
  bool is_denied(const uuid& session) const;
  /// A session's rights changed: the next request asks it anew.
  void recheck(const uuid& session);
  /// The same for the API tokens of a user.
  void recheck_tokens(const uuid& user);

 private:
  result<signed_in> claim(std::string_view token, timestamp now) const;
  /// Counts a guess at an API token until it proves right; nothing if there were too many.
  std::optional<signed_in_callback> counted(std::string_view from, signed_in_callback done);
  void note_use(const principal& who);
  void confirm(std::string token, signed_in claimed, signed_in_callback done);

  const access_tokens& tokens_;
  bridge& way_;
  rate_limits* guesses_;
  token_cache cache_;
  std::uint64_t rechecks_ = 0;  ///< a confirmation that was asked for before the last one is not kept
  /// Requests that wait for the confirmation of the same token.
  std::unordered_map<std::string, std::vector<signed_in_callback>> waiting_;
};

}  // namespace callboard::net
