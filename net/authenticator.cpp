#include "net/authenticator.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/session/session.hpp"
#include "net/auth/jwt.hpp"
#include "net/bridge.hpp"
#include "net/user_lookup.hpp"

#include <boost/json.hpp>

namespace callboard::net {
namespace {

constexpr std::size_t waiters_max = 1000;

std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

/// The principal as his session has it now: a role that changed since the token was made counts at once.
result<signed_in> judged(signed_in claimed, const answer& said) {
  if (said.problem)
    return *said.problem;
  const auto value = parse_trusted_json(join(said.body));
  if (!value || !value->is_object())
    return refuse(problem_code::internal, "the session's answer cannot be read");
  const auto& object = value->get_object();
  const auto role = parse_instance_role(text_of(object, "role"));
  const auto scopes = parse_scopes(text_of(object, "scopes"));
  if (!role || !scopes)
    return refuse(problem_code::internal, "the session's answer cannot be read");
  claimed.who.role = *role;
  claimed.who.scopes &= *scopes;
  return claimed;
}

}  // namespace

void authenticator::authenticate(std::string_view token, signed_in_callback done) {
  const auto now = wall_now();
  const auto found = cache_.lookup(token, now, std::chrono::steady_clock::now());
  switch (found.what) {
    case token_cache::verdict::fresh: return done(signed_in{found.who, found.expires_at, {}});
    case token_cache::verdict::stale:
      return confirm(std::string(token), {found.who, found.expires_at, {}}, std::move(done));
    case token_cache::verdict::denied:
      return done(refuse(problem_code::token_revoked, "this sign-in has ended"));
    case token_cache::verdict::miss: break;
  }
  auto claims = tokens_.verify(token, now);
  if (!claims)
    return done(claims.error());
  if (cache_.is_denied(claims->session, std::chrono::steady_clock::now()))
    return done(refuse(problem_code::token_revoked, "this sign-in has ended"));
  const principal who{actor_kind::user, claims->role, claims->scopes, claims->user, claims->session};
  confirm(std::string(token), {who, claims->expires_at, {}}, std::move(done));
}

void authenticator::confirm(std::string token, signed_in claimed, signed_in_callback done) {
  auto& waiters = waiting_[token];
  if (waiters.size() >= waiters_max)
    return done(refuse(problem_code::overloaded, "too many requests wait for this token"));
  waiters.push_back(std::move(done));
  if (waiters.size() > 1)
    return;
  auto question = std::make_shared<envelope>(
    session::to_session(claimed.who.session, session::confirm{claimed.who.user}));
  question->who = system_principal();
  way_.ask(std::move(question), [this, token = std::move(token), claimed = std::move(claimed),
                                 asked = rechecks_](answer&& said) {
    auto verdict = judged(claimed, said);
    if (verdict && is_denied(verdict->who.session))
      verdict = refuse(problem_code::token_revoked, "this sign-in has ended");
    else if (verdict && asked == rechecks_)
      cache_.put(token, verdict->who, verdict->expires, std::chrono::steady_clock::now());
    const auto waiters = waiting_.extract(token);
    for (const auto& waiter : waiters.mapped())
      waiter(verdict);
  });
}

void authenticator::authenticate_with_name(std::string_view token, signed_in_callback done) {
  authenticate(token, [this, done = std::move(done)](result<signed_in> verdict) {
    if (!verdict)
      return done(std::move(verdict));
    find_user(way_, verdict->who.user, [this, done, verdict, asked = rechecks_](result<found_user> user) mutable {
      if (!user)
        return done(user.error());
      if (is_denied(verdict->who.session))
        return done(refuse(problem_code::token_revoked, "this sign-in has ended"));
      if (asked != rechecks_)
        return done(refuse(problem_code::token_expired, "the rights of a sign-in changed just now"));
      verdict->name = user->name;
      done(std::move(verdict));
    });
  });
}

void authenticator::deny(const uuid& session) { cache_.deny(session, std::chrono::steady_clock::now()); }

bool authenticator::is_denied(const uuid& session) const {
  return cache_.is_denied(session, std::chrono::steady_clock::now());
}

void authenticator::recheck(const uuid& session) {
  ++rechecks_;
  cache_.recheck(session, std::chrono::steady_clock::now());
}

}  // namespace callboard::net
