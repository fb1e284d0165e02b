#pragma once

#include "net/api_context.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

/// What signing up and signing in share.
namespace callboard::net::api {

/// Whom a new session is for.
struct newcomer {
  uuid user;
  instance_role role = instance_role::player;
  std::string device;
  std::string user_json;  ///< the User object of the answer
  std::uint16_t status = 200;
};

/// Begins a session and answers with its tokens.
void start_session(api_context& c, const exchange_ptr& x, newcomer who);

/// `{"user",…,"access_token",…}`; without `user_json` the user is left out.
std::string tokens_json(const api_context& c, const uuid& user, const uuid& session, instance_role role,
                        scope_set scopes, const std::string& refresh_token, const std::string& user_json);

/// Runs `then` with a password's hash on the loop's thread; a full pool refuses the exchange.
void hash_password(api_context& c, const exchange_ptr& x, std::string password,
                   std::function<void(result<std::string>)> then);
/// The same for a comparison; an empty `stored` takes as long and never matches.
void verify_password(api_context& c, const exchange_ptr& x, std::string password, std::string stored,
                     std::function<void(result<password_verdict>)> then);

/// Runs `then` if the caller signed in with his password within 15 minutes; else 403 with `reauthenticate`.
void require_recent_sign_in(api_context& c, const exchange_ptr& x, std::function<void()> then);

/// A sign-in or API token is over: this thread's cache, and all threads' sockets.
void end_here(api_context& c, const uuid& session, const uuid& user);

/// A success without a body, or the refusal.
void reply_empty(api_context& c, exchange& x, const answer& said, std::uint16_t status = 204);

/// The lists of the user, as his inbox knows them: (id, his role).
void find_memberships(api_context& c, const exchange_ptr& x,
                      std::function<void(result<std::vector<std::pair<uuid, std::string>>>)> then);

/// The throttle of one attempt at a password. Settled once, or given back when it goes away.
class attempt {
 public:
  /// Null if the attempt must wait: the exchange has then been answered 429.
  static std::shared_ptr<attempt> admit(api_context& c, exchange& x, std::string account);
  ~attempt();
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;
  void succeeded();
  void failed() { settled_ = true; }

 private:
  attempt(auth_parts& auth, std::string account, std::string address)
      : auth_(auth), account_(std::move(account)), address_(std::move(address)) {}
  auth_parts& auth_;
  std::string account_, address_;
  bool settled_ = false;
};

}  // namespace callboard::net::api
