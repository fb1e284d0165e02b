#include "net/api/sign_in_flow.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/inbox/inbox.hpp"
#include "actors/session/session.hpp"
#include "net/auth/refresh_token.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {
namespace {

constexpr std::size_t agent_bytes_max = 256;
constexpr std::chrono::minutes recent_sign_in{15};

/// The User-Agent as far as it is printable ASCII: it is shown to people and stored as JSON.
std::string agent_of(const exchange& x) {
  std::string out;
  for (const char c : x.request.header("user-agent").substr(0, agent_bytes_max))
    if (c >= 0x20 && c < 0x7f)
      out += c;
  return out;
}

refusal pool_is_full() { return refuse(problem_code::overloaded, "too many passwords are being checked"); }

}  // namespace

std::string tokens_json(const api_context& c, const uuid& user, const uuid& session, instance_role role,
                        scope_set scopes, const std::string& refresh_token, const std::string& user_json) {
  const auto now = wall_now();
  const auto ttl = c.parts.settings.access_ttl;
  const auto token = c.parts.auth.tokens.sign(
    access_claims{user, session, make_uuid_v7(), role, scopes, "callboard", now, now + ttl});
  json_writer w(2048);
  w.open('{');
  if (!user_json.empty())
    w.raw_member("user", user_json);
  w.member("access_token", token).member("token_type", "Bearer").member("expires_in", ttl.count());
  return w.member("refresh_token", refresh_token).close('}').take();
}

void start_session(api_context& c, const exchange_ptr& x, newcomer who) {
  const auto sid = make_uuid_v7();
  const auto refresh = make_refresh_token(sid);
  session::start begin;
  begin.user_id = who.user;
  begin.device = who.device;
  begin.ip = x->request.remote_ip;
  begin.user_agent = agent_of(*x);
  begin.refresh_hash = refresh.hash();
  begin.scopes = scopes_of(who.role);
  begin.expires_at = wall_now() + c.parts.settings.refresh_ttl;
  begin.user_role = who.role;
  c.ask_as_system(x, session::to_session(sid, std::move(begin)),
                  [&c, x, sid, text = refresh.text(), who = std::move(who)](answer&& said) {
                    if (said.problem)
                      return c.refuse(*x, *said.problem, said.outcome_unknown);
                    c.reply_json(*x, who.status, tokens_json(c, who.user, sid, who.role, scopes_of(who.role), text,
                                                             who.user_json));
                  });
}

void require_recent_sign_in(api_context& c, const exchange_ptr& x, std::function<void()> then) {
  c.ask_as_system(x, session::to_session(x->who.session, session::get{}), [&c, x, then](answer&& said) {
    const auto session = object_in(said);
    const auto* at = session ? session->if_contains("created_at") : nullptr;
    const auto began = at && at->is_string() ? parse_rfc3339(std::string_view(at->get_string())) : std::nullopt;
    if (!began)
      return c.refuse(*x, session ? refuse(problem_code::internal, "the session cannot be read") : session.error());
    if (wall_now() - *began <= recent_sign_in)
      return then();
    auto why = refuse(problem_code::forbidden, "sign in again with the password; it must be at most 15 minutes ago");
    why.extra = "\"reauthenticate\":true";
    c.refuse(*x, why);
  });
}

void end_here(api_context& c, const uuid& session, const uuid& user) {
  c.tokens.deny(session);
  if (c.parts.hooks.session_ended)
    c.parts.hooks.session_ended(session, user);
}

void reply_empty(api_context& c, exchange& x, const answer& said, std::uint16_t status) {
  if (said.problem)
    return c.refuse(x, *said.problem, said.outcome_unknown);
  http_response out;
  out.status = status;
  c.send(x, std::move(out));
}

void find_memberships(api_context& c, const exchange_ptr& x,
                      std::function<void(result<std::vector<std::pair<uuid, std::string>>>)> then) {
  c.ask_as_system(x, inbox::to_inbox(x->who.user, inbox::lists{}), [then](answer&& said) {
    const auto object = object_in(said);
    const auto* lists = object ? object->if_contains("lists") : nullptr;
    if (!lists || !lists->is_array())
      return then(object ? refuse(problem_code::internal, "the inbox cannot be read") : object.error());
    std::vector<std::pair<uuid, std::string>> out;
    for (const auto& entry : lists->get_array()) {
      const auto& list = entry.as_object();
      if (const auto id = parse_uuid(std::string_view(list.at("id").as_string())))
        out.emplace_back(*id, std::string(list.at("my_role").as_string()));
    }
    then(std::move(out));
  });
}

void hash_password(api_context& c, const exchange_ptr& x, std::string password,
                   std::function<void(result<std::string>)> then) {
  auto& loop = c.parts.loop;
  const bool taken = c.parts.auth.passwords.hash(std::move(password), [&loop, then](result<std::string> hash) {
    loop.post([then, hash = std::move(hash)]() mutable { then(std::move(hash)); });
  });
  if (!taken)
    c.refuse(*x, pool_is_full());
}

void verify_password(api_context& c, const exchange_ptr& x, std::string password, std::string stored,
                     std::function<void(result<password_verdict>)> then) {
  auto& loop = c.parts.loop;
  auto& pool = c.parts.auth.passwords;
  const auto back = [&loop, then](result<password_verdict> verdict) { loop.post([then, verdict] { then(verdict); }); };
  const bool taken = stored.empty() ? pool.verify_nobody(std::move(password), back)
                                    : pool.verify(std::move(password), std::move(stored), back);
  if (!taken)
    c.refuse(*x, pool_is_full());
}

std::shared_ptr<attempt> attempt::admit(api_context& c, exchange& x, std::string account) {
  auto& auth = c.parts.auth;
  std::shared_ptr<attempt> out(new attempt(auth, std::move(account), x.request.remote_ip));
  if (!c.parts.settings.rate_limits_on) {
    out->settled_ = true;
    return out;
  }
  const std::lock_guard lock(auth.throttle_mutex);
  const auto wait = auth.throttle.admit(out->account_, out->address_, std::chrono::steady_clock::now());
  if (!wait)
    return out;
  out->settled_ = true;
  rate_verdict late{auth_rate, false, 0, static_cast<std::uint32_t>(wait->count()),
                    static_cast<std::uint32_t>(wait->count())};
  x.rate = late;
  c.refuse(x, refuse(problem_code::rate_limited, "too many wrong passwords"));
  return nullptr;
}

void attempt::succeeded() {
  if (std::exchange(settled_, true))
    return;
  const std::lock_guard lock(auth_.throttle_mutex);
  auth_.throttle.succeeded(account_, address_);
}

attempt::~attempt() {
  if (settled_)
    return;
  const std::lock_guard lock(auth_.throttle_mutex);
  auth_.throttle.cancelled(account_, address_);
}

}  // namespace callboard::net::api
