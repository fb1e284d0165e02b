#include "net/authenticator.hpp"

#include "actors/account/account.hpp"
#include "actors/base/json_reader.hpp"
#include "actors/base/network_of.hpp"
#include "actors/session/session.hpp"
#include "net/auth/api_token.hpp"
#include "net/auth/jwt.hpp"
#include "net/bridge.hpp"
#include "net/rate_limits.hpp"
#include "net/user_lookup.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::size_t waiters_max = 1000;

std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

/// What judges a token: the session of an access token, the account of an API token.
envelope question_about(std::string_view token, const principal& who) {
  if (who.kind == actor_kind::token)
    return account::to_account(who.user, account::confirm_token{hash_of_api_token(token)});
  return session::to_session(who.session, session::confirm{who.user});
}

/// What an API token's account says of it beside role and scopes.
bool read_api_token(signed_in& claimed, const boost::json::object& object) {
  const auto id = parse_uuid(text_of(object, "id"));
  const auto until = text_of(object, "expires_at");
  const auto expires = until.empty() ? timestamp{} : parse_rfc3339(until).value_or(timestamp{});
  claimed.who.session = id.value_or(uuid{});
  claimed.expires = expires;
  claimed.who.scopes = ~scope_set{0};
  return id.has_value();
}

/// The principal as his session or account has it now: a role that changed since the token was made counts at once.
result<signed_in> judged(signed_in claimed, const answer& said, bool& use_counts) {
  if (said.problem)
    return *said.problem;
  const auto value = parse_trusted_json(join(said.body));
  if (!value || !value->is_object())
    return refuse(problem_code::internal, "the session's answer cannot be read");
  const auto& object = value->get_object();
  if (claimed.who.kind == actor_kind::token && !read_api_token(claimed, object))
    return refuse(problem_code::internal, "the account's answer cannot be read");
  const auto* counts = object.if_contains("note_use");
  use_counts = counts && counts->is_bool() && counts->get_bool();
  const auto role = parse_instance_role(text_of(object, "role"));
  const auto scopes = parse_scopes(text_of(object, "scopes"));
  if (!role || !scopes)
    return refuse(problem_code::internal, "the session's answer cannot be read");
  claimed.who.role = *role;
  claimed.who.scopes &= *scopes;
  return claimed;
}

}  // namespace

std::string_view bearer_of(std::string_view header) {
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size())
    return {};
  const bool is_bearer = std::equal(scheme.begin(), scheme.end(), header.begin(),
                                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b | 0x20 : b); });
  return is_bearer ? header.substr(scheme.size()) : std::string_view{};
}

void authenticator::authenticate(std::string_view token, std::string_view from, signed_in_callback done) {
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
  auto claimed = claim(token, now);
  if (!claimed)
    return done(claimed.error());
  if (guesses_ && claimed->who.kind == actor_kind::token) {
    auto counting = counted(from, std::move(done));
    if (counting)
      confirm(std::string(token), *std::move(claimed), *std::move(counting));
    return;
  }
  confirm(std::string(token), *std::move(claimed), std::move(done));
}

std::optional<signed_in_callback> authenticator::counted(std::string_view from, signed_in_callback done) {
  auto network = network_of(from);
  if (!guesses_->take(guess_rate, network, std::chrono::steady_clock::now()).allowed) {
    done(refuse(problem_code::rate_limited, "too many wrong API tokens"));
    return std::nullopt;
  }
  return [this, network = std::move(network), done = std::move(done)](result<signed_in> verdict) {
    if (verdict || info(verdict.error().code).status != 401)
      guesses_->give_back(guess_rate, network, std::chrono::steady_clock::now());
    done(std::move(verdict));
  };
}

/// What the token says of itself, where that is sound.
result<signed_in> authenticator::claim(std::string_view token, timestamp now) const {
  if (is_api_token(token)) {
    const auto account = account_of_api_token(token);
    if (!account)
      return refuse(problem_code::unauthenticated, "this is no API token of ours");
    return signed_in{{actor_kind::token, instance_role::player, 0, *account, {}}, {}, {}};
  }
  const auto claims = tokens_.verify(token, now);
  if (!claims)
    return claims.error();
  if (is_denied(claims->session))
    return refuse(problem_code::token_revoked, "this sign-in has ended");
  return signed_in{{actor_kind::user, claims->role, claims->scopes, claims->user, claims->session}, claims->expires_at, {}};
}

void authenticator::note_use(const principal& who) {
  auto message = std::make_shared<envelope>(account::to_account(who.user, account::note_token_use{who.session}));
  message->who = system_principal();
  message->op_id = make_uuid_v7();
  way_.ask(std::move(message), [](answer&&) {});
}

void authenticator::confirm(std::string token, signed_in claimed, signed_in_callback done) {
  auto& waiters = waiting_[token];
  if (waiters.size() >= waiters_max)
    return done(refuse(problem_code::overloaded, "too many requests wait for this token"));
  waiters.push_back(std::move(done));
  if (waiters.size() > 1)
    return;
  auto question = std::make_shared<envelope>(question_about(token, claimed.who));
  question->who = system_principal();
  way_.ask(std::move(question), [this, token = std::move(token), claimed = std::move(claimed),
                                 asked = rechecks_](answer&& said) {
    bool use_counts = false;
    auto verdict = judged(claimed, said, use_counts);
    if (verdict && is_denied(verdict->who.session))
      verdict = refuse(problem_code::token_revoked, "this sign-in has ended");
    else if (verdict && asked == rechecks_)
      cache_.put(token, verdict->who, verdict->expires, std::chrono::steady_clock::now());
    if (verdict && use_counts)
      note_use(verdict->who);
    const auto waiters = waiting_.extract(token);
    for (const auto& waiter : waiters.mapped())
      waiter(verdict);
  });
}

void authenticator::authenticate_with_name(std::string_view token, std::string_view from, signed_in_callback done) {
  authenticate(token, from, [this, done = std::move(done)](result<signed_in> verdict) {
    if (!verdict)
      return done(std::move(verdict));
    find_user(way_, verdict->who.user, [this, done, verdict, asked = rechecks_](result<found_user> user) mutable {
      if (!user && user.error().code == problem_code::not_found)
        return done(refuse(problem_code::token_revoked, "the account has ended"));
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

void authenticator::recheck_tokens(const uuid& user) {
  ++rechecks_;
  cache_.recheck_tokens(user, std::chrono::steady_clock::now());
}

}  // namespace callboard::net
