#pragma once

#include "actors/base/envelope.hpp"
#include "actors/typed/plan.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A user: profile, password hash, role, API tokens, and which sign-ins he has.
namespace callboard::account {

inline constexpr std::string_view default_color = "#808080";
inline constexpr std::string_view default_timezone = "UTC";
inline constexpr std::string_view default_locale = "en";
/// Sign-ins at a time; one more ends the oldest.
inline constexpr std::size_t sessions_max = 1000;
/// API tokens that have not expired.
inline constexpr std::size_t tokens_max = 50;
/// A token's `last_used_at` is at most this old while it is in use.
inline constexpr std::chrono::minutes token_use_noted_every{10};
/// Lists that hear of a new name or of the end of the account.
inline constexpr std::size_t lists_told_max = 5000;

// -- commands
// ---------------------------------------------------------------------------------------

/// Makes the account and confirms its logins; the same again is no error. Answers 201 with the
/// User.
struct create {
  static constexpr std::string_view type = "account.create";
  static constexpr auto role = message_role::command;
  std::string email;
  std::optional<std::string> username;
  std::string name;
  std::string password_hash;
  instance_role user_role = instance_role::player;
  std::string timezone{default_timezone}, locale{default_locale}, color{default_color};
};
/// Changes the profile (body of PATCH /v1/auth/me); `if_rev` is the User's rev. Answers the User.
struct update {
  static constexpr std::string_view type = "account.update";
  static constexpr auto role = message_role::command;
  std::optional<std::string> name, timezone, locale, color;
  std::vector<uuid> lists{};  ///< `_lists`, from the edge alone: these hear of a new name
};
/// Takes another address, whose login has been reserved. Answers the User.
struct set_email {
  static constexpr std::string_view type = "account.set_email";
  static constexpr auto role = message_role::command;
  std::string email;
};
/// Ends all other sign-ins too. Answers 204.
struct set_password {
  static constexpr std::string_view type = "account.set_password";
  static constexpr auto role = message_role::command;
  std::string password_hash;
  std::optional<uuid> keep_session;
  /// The same password under newer parameters: nobody is signed out, and nothing happens unless this
  /// hash is still the stored one.
  std::optional<std::string> replaces{};
};
/// The sign-ins get the new role's scopes. Answers the User.
struct set_role {
  static constexpr std::string_view type = "account.set_role";
  static constexpr auto role = message_role::command;
  instance_role user_role = instance_role::player;
};
/// Ends all sign-ins. Answers the User.
struct disable {
  static constexpr std::string_view type = "account.disable";
  static constexpr auto role = message_role::command;
};
struct enable {
  static constexpr std::string_view type = "account.enable";
  static constexpr auto role = message_role::command;
};
/// Ends all sign-ins but one (`/v1/auth/logout-all`: none is kept). Answers 204.
struct end_sessions {
  static constexpr std::string_view type = "account.end_sessions";
  static constexpr auto role = message_role::command;
  std::optional<uuid> keep_session;
};
/// Makes an API token; `hash` is the SHA-256 of its text in hex. Answers 201 with the token as API.md lists it.
struct create_token {
  static constexpr std::string_view type = "account.create_token";
  static constexpr auto role = message_role::command;
  uuid id;
  std::string name, hash;
  scope_set scopes = 0;
  std::optional<timestamp> expires_at;
};
/// Ends an API token; 404 if there is none. Answers 204.
struct revoke_token {
  static constexpr std::string_view type = "account.revoke_token";
  static constexpr auto role = message_role::command;
  uuid id;
};
/// The token was used just now. Kept every `token_use_noted_every`.
struct note_token_use {
  static constexpr std::string_view type = "account.note_token_use";
  static constexpr auto role = message_role::command;
  uuid id;
};
/// Ends the account with its names, sign-ins and tokens, and tells its lists to let go of it. Answers 202.
struct remove {
  static constexpr std::string_view type = "account.remove";
  static constexpr auto role = message_role::command;
  std::vector<uuid> lists;
};
/// From a session's outbox: it began. One that may not be (disabled, older than the password) is
/// told to end.
struct note_session {
  static constexpr std::string_view type = "account.note_session";
  static constexpr auto role = message_role::command;
  uuid session_id;
  timestamp started_at{}, expires_at{};
  instance_role user_role = instance_role::player;
};
/// From a session's outbox: it is over.
struct forget_session {
  static constexpr std::string_view type = "account.forget_session";
  static constexpr auto role = message_role::command;
  uuid session_id;
};

// -- queries
// ----------------------------------------------------------------------------------------

/// The User of API.md section 2 with its rev as ETag.
struct get {
  static constexpr std::string_view type = "account.get";
  static constexpr auto role = message_role::query;
};
/// `{"password_hash","disabled","role","name"}`; never leaves the server.
struct credentials {
  static constexpr std::string_view type = "account.credentials";
  static constexpr auto role = message_role::query;
};
/// `{"ids":[…]}` of the sign-ins, oldest first.
struct sessions {
  static constexpr std::string_view type = "account.sessions";
  static constexpr auto role = message_role::query;
};

/// `{"items":[…]}`: the API tokens of API.md section 20, oldest first.
struct tokens {
  static constexpr std::string_view type = "account.tokens";
  static constexpr auto role = message_role::query;
};
/// `{"id","role","scopes","expires_at","note_use"}` of the token with this hash, its scopes those the account still
/// may give; 401 `token_revoked` or `token_expired`.
struct confirm_token {
  static constexpr std::string_view type = "account.confirm_token";
  static constexpr auto role = message_role::query;
  std::string hash;
};

using message =
  std::variant<create, update, set_email, set_password, set_role, disable, enable, end_sessions, create_token,
               revoke_token, note_token_use, remove, note_session, forget_session, get, credentials, sessions, tokens,
               confirm_token>;

/// A message to a user's account, to be completed by the sender.
template <class T>
envelope to_account(const uuid& user, T content) {
  return make_envelope<message>({entity_kind::account, to_string(user)}, std::move(content));
}

// -- events
// -----------------------------------------------------------------------------------------

struct profile {
  std::string email;
  std::optional<std::string> username;
  std::string name, color;
  instance_role user_role = instance_role::player;
  std::string timezone, locale;
  std::uint64_t rev = 0;
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> disabled_at;
};

/// Data: the User.
struct created {
  static constexpr std::string_view wire_name = "account.created.v1";
  profile content;
};
struct updated {
  static constexpr std::string_view wire_name = "account.updated.v1";
  update changed;
  update former;  ///< only written
};
struct email_set {
  static constexpr std::string_view wire_name = "account.email_set.v1";
  std::string email;
  std::string former;  ///< only written
};
/// Data: `keep_session` and the hash as `_secret`, which the auditors' views leave out.
struct password_set {
  static constexpr std::string_view wire_name = "account.password_set.v1";
  std::string password_hash;
  std::optional<uuid> keep_session;
  bool ends_sessions = false;
};
struct role_set {
  static constexpr std::string_view wire_name = "account.role_set.v1";
  instance_role user_role = instance_role::player;
};
struct disabled {
  static constexpr std::string_view wire_name = "account.disabled.v1";
  timestamp at{};
};
struct enabled {
  static constexpr std::string_view wire_name = "account.enabled.v1";
};
struct sessions_ended {
  static constexpr std::string_view wire_name = "account.sessions_ended.v1";
  std::optional<uuid> keep_session;
};
/// Data: `token_id`, name, scopes, `expires_at`, and the hash as `_hash`.
struct token_created {
  static constexpr std::string_view wire_name = "account.token_created.v1";
  create_token content;
};
/// Edges drop the token and its sockets when this commits.
struct token_revoked {
  static constexpr std::string_view wire_name = "account.token_revoked.v1";
  uuid id;
};
struct token_used {
  static constexpr std::string_view wire_name = "account.token_used.v1";
  uuid id;
};
/// The account is over; its id is never used again.
struct deleted {
  static constexpr std::string_view wire_name = "account.deleted.v1";
};
struct session_noted {
  static constexpr std::string_view wire_name = "account.session_noted.v1";
  uuid session_id;
  timestamp started_at{}, expires_at{};
};
struct session_forgotten {
  static constexpr std::string_view wire_name = "account.session_forgotten.v1";
  uuid session_id;
};

using event = std::variant<created, updated, email_set, password_set, role_set, disabled, enabled,
                           sessions_ended, token_created, token_revoked, token_used, deleted,
                           session_noted, session_forgotten>;

// -- state
// ------------------------------------------------------------------------------------------

struct session_entry {
  timestamp started_at{}, expires_at{};
};

struct api_token {
  create_token content;
  timestamp created_at{};
  std::optional<timestamp> last_used_at;

  bool is_over(timestamp now) const { return content.expires_at && *content.expires_at <= now; }
};

struct state {
  bool is_created = false;
  bool is_deleted = false;  ///< then nothing else counts
  profile user;
  std::string password_hash;
  timestamp sessions_ended_at{};     ///< sign-ins begun before this are over, noted or not …
  std::optional<uuid> kept_session;  ///< … but for this one
  std::map<uuid, session_entry> sessions;
  std::map<uuid, api_token> tokens;
};

result<plan<event>> decide(const state& s, const message& m, const decide_context& context);
void evolve(state& s, const event& e, const happening& h);

/// The User as JSON.
std::string render_user(std::string_view id, const profile& p);
/// One token as API.md section 20 lists it; never its hash.
std::string render_token(const api_token& token);

}  // namespace callboard::account
