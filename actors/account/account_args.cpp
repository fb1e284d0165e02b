#include "actors/account/account_args.hpp"

#include "actors/typed/codec_tables.hpp"
#include "actors/typed/text_rules.hpp"

#include <boost/json.hpp>

#include <array>

namespace callboard::account {
namespace {

constexpr std::size_t name_max = 64;

void note(args_reader& in, std::optional<field_error> error) {
  if (error)
    in.reject(*std::move(error));
}

std::string read_name(args_reader& in) {
  auto name = in.text("name");
  if (in.is_text("name"))
    note(in, check_line(name, "/name", 1, name_max));
  return name;
}

/// A member whose `null` means its default; absent: nothing.
std::optional<std::string> read_or_default(args_reader& in, std::string_view name,
                                           std::string_view standard) {
  auto value = in.maybe_text(name);
  if (in.is_null(name))
    return std::string(standard);
  return in.is_text(name) ? value : std::nullopt;
}

void read_settings(args_reader& in, std::optional<std::string>& timezone,
                   std::optional<std::string>& locale, std::optional<std::string>& color) {
  timezone = read_or_default(in, "timezone", default_timezone);
  locale = read_or_default(in, "locale", default_locale);
  color = read_or_default(in, "color", default_color);
  if (timezone)
    note(in, check_time_zone(*timezone, "/timezone"));
  if (locale)
    note(in, check_locale(*locale, "/locale"));
  if (color)
    note(in, check_color(*color, "/color"));
}

message read_create(args_reader& in) {
  create c;
  c.email = in.text("email");
  c.username = in.maybe_text("username");
  c.name = read_name(in);
  c.password_hash = in.text("password_hash");
  c.user_role = in.role("role");
  std::optional<std::string> timezone, locale, color;
  read_settings(in, timezone, locale, color);
  c.timezone = timezone.value_or(c.timezone);
  c.locale = locale.value_or(c.locale);
  c.color = color.value_or(c.color);
  return c;
}

std::vector<uuid> read_ids(args_reader& in, std::string_view name) {
  std::vector<uuid> out;
  if (!in.has(name))
    return out;
  for (const auto& text : in.texts(name)) {
    const auto id = parse_uuid(text);
    if (!id)
      in.reject(name, "pattern", "must be UUIDs");
    out.push_back(id.value_or(uuid{}));
  }
  return out;
}

message read_update(args_reader& in) {
  // Known members of the User that are not his to set.
  constexpr std::array<std::string_view, 9> read_only{"id",         "email",       "username",
                                                      "role",       "rev",         "created_at",
                                                      "updated_at", "disabled_at", "password"};
  update c;
  if (in.has("name"))
    c.name = read_name(in);
  read_settings(in, c.timezone, c.locale, c.color);
  c.lists = read_ids(in, "_lists");
  for (const auto name : read_only)
    if (in.has(name))
      in.reject_read_only(name);
  return c;
}

message read_create_token(args_reader& in) {
  create_token c;
  c.id = in.id("id");
  c.name = read_name(in);
  c.hash = in.hash("hash");
  const auto scopes = parse_scopes(in.text("scopes"));
  if (!scopes)
    in.reject("scopes", "enum", "has an unknown scope");
  c.scopes = scopes.value_or(0);
  c.expires_at = in.maybe_time("expires_at");
  return c;
}

message read_set_password(args_reader& in) {
  return set_password{in.text("password_hash"), in.maybe_id("keep_session"),
                      in.maybe_text("replaces")};
}

message read_note(args_reader& in) {
  return note_session{in.id("session_id"), in.time("started_at"), in.time("expires_at"),
                      in.role("role")};
}

constexpr message_row<message> rows[] = {
  {create::type, read_create},
  {update::type, read_update},
  {set_email::type, [](args_reader& in) { return message(set_email{in.text("email")}); }},
  {set_password::type, read_set_password},
  {set_role::type, [](args_reader& in) { return message(set_role{in.role("role")}); }},
  {disable::type, read_plain<message, disable>},
  {enable::type, read_plain<message, enable>},
  {end_sessions::type,
   [](args_reader& in) { return message(end_sessions{in.maybe_id("keep_session")}); }},
  {create_token::type, read_create_token},
  {revoke_token::type, [](args_reader& in) { return message(revoke_token{in.id("id")}); }},
  {note_token_use::type, [](args_reader& in) { return message(note_token_use{in.id("id")}); }},
  {remove::type, [](args_reader& in) { return message(remove{read_ids(in, "lists")}); }},
  {note_session::type, read_note},
  {forget_session::type,
   [](args_reader& in) { return message(forget_session{in.id("session_id")}); }},
  {get::type, read_plain<message, get>},
  {credentials::type, read_plain<message, credentials>},
  {sessions::type, read_plain<message, sessions>},
  {tokens::type, read_plain<message, tokens>},
  {confirm_token::type, [](args_reader& in) { return message(confirm_token{in.hash("hash")}); }},
};

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args) {
  return decode_by<message>(rows, type, args, "an account");
}

}  // namespace callboard::account
