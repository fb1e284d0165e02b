#include "net/auth/credentials.hpp"

#include "actors/typed/args_reader.hpp"
#include "actors/typed/text_rules.hpp"
#include "net/auth/common_passwords.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::size_t name_max = 64;
constexpr std::size_t email_max = 254;
constexpr std::size_t username_min = 3, username_max = 32;
constexpr std::size_t password_min = 10, password_max = 128;
/// What a sign-in takes as a password at all: nobody has a longer one.
constexpr std::size_t password_bytes_max = password_max * 4;

field_error too_short(std::string pointer, std::size_t min) {
  return {std::move(pointer), "too_short", "min " + std::to_string(min) + " characters",
          static_cast<std::int64_t>(min)};
}

field_error too_long(std::string pointer, std::size_t max) {
  return {std::move(pointer), "too_long", "max " + std::to_string(max) + " characters",
          static_cast<std::int64_t>(max)};
}

void note(args_reader& in, std::optional<field_error> error) {
  if (error)
    in.reject(*std::move(error));
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

/// A password that is compared, not chosen: only absurd lengths are refused.
std::string read_known_password(args_reader& in, std::string_view name) {
  auto password = in.text(name);
  if (password.size() > password_bytes_max)
    in.reject(too_long('/' + std::string(name), password_max));
  return password;
}

std::string read_line(args_reader& in, std::string_view name, std::string standard) {
  auto text = in.maybe_text(name);
  if (!text || !in.is_text(name))
    return standard;
  note(in, check_line(*text, '/' + std::string(name), 1, name_max));
  return *text;
}

std::string default_name(std::string_view email) {
  auto name = std::string(email.substr(0, email.find('@')));
  if (count_code_points(name) <= name_max)
    return name;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < name.size(); ++end)
    if ((static_cast<unsigned char>(name[end]) & 0xC0) != 0x80 && seen++ == name_max)
      break;
  return name.substr(0, end);
}

}  // namespace

std::optional<field_error> check_email(std::string_view email, std::string pointer) {
  if (email.size() > email_max)
    return too_long(std::move(pointer), email_max);
  const auto at = email.find('@');
  const bool one_at = at != email.npos && email.find('@', at + 1) == email.npos;
  const auto is_bad = [](unsigned char c) { return c <= 0x20 || c == 0x7F; };
  if (one_at && at > 0 && at + 1 < email.size() && std::none_of(email.begin(), email.end(), is_bad))
    return std::nullopt;
  return field_error{std::move(pointer), "pattern", "must be an e-mail address", {}};
}

std::optional<field_error> check_username(std::string_view username, std::string pointer) {
  const auto is_good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (!std::all_of(username.begin(), username.end(), is_good))
    return field_error{std::move(pointer), "pattern", "must be letters, digits and _", {}};
  if (username.size() < username_min)
    return too_short(std::move(pointer), username_min);
  if (username.size() > username_max)
    return too_long(std::move(pointer), username_max);
  return std::nullopt;
}

std::optional<field_error> check_new_password(std::string_view password, std::string pointer) {
  const auto length = count_code_points(password);
  if (length < password_min)
    return too_short(std::move(pointer), password_min);
  if (length > password_max)
    return too_long(std::move(pointer), password_max);
  if (is_common_password(password))
    return field_error{
      std::move(pointer), "too_common", "is among the passwords that are tried first", {}};
  return std::nullopt;
}

result<sign_up_form> read_sign_up(const boost::json::value& body) {
  args_reader in(body);
  sign_up_form form;
  form.email = trimmed(in.text("email"));
  if (in.is_text("email"))
    note(in, check_email(form.email, "/email"));
  form.password = in.text("password");
  if (in.is_text("password"))
    note(in, check_new_password(form.password, "/password"));
  form.name = read_line(in, "name", default_name(form.email));
  form.username = in.maybe_text("username");
  if (form.username && in.is_text("username"))
    note(in, check_username(*form.username, "/username"));
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return form;
}

result<sign_in_form> read_sign_in(const boost::json::value& body) {
  args_reader in(body);
  sign_in_form form;
  form.email = in.maybe_text("email");
  form.username = in.maybe_text("username");
  if (form.email)
    form.email = trimmed(*form.email).substr(0, email_max + 1);
  if (form.username)
    form.username = form.username->substr(0, email_max + 1);
  if (!form.email && !form.username)
    in.reject("email", "required", "email or username must be given");
  if (form.email && form.username)
    in.reject("username", "unknown_member", "give email or username, not both");
  form.password = read_known_password(in, "password");
  form.device = read_line(in, "device", "");
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return form;
}

result<std::string> read_refresh(const boost::json::value& body) {
  args_reader in(body);
  auto token = in.text("refresh_token");
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return token;
}

result<password_change_form> read_password_change(const boost::json::value& body) {
  args_reader in(body);
  password_change_form form{read_known_password(in, "current"), in.text("new")};
  if (in.is_text("new"))
    note(in, check_new_password(form.next, "/new"));
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return form;
}

result<new_token_form> read_new_token(const boost::json::value& body, timestamp now) {
  args_reader in(body);
  new_token_form form;
  form.name = in.text("name");
  if (in.is_text("name"))
    note(in, check_line(form.name, "/name", 1, name_max));
  const auto words = in.texts("scopes");
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto one = words[i].find(' ') == std::string::npos ? parse_scopes(words[i]) : std::nullopt;
    if (!one || *one == 0)
      in.reject({"/scopes/" + std::to_string(i), "enum", "is no scope", {}});
    form.scopes |= one.value_or(0);
  }
  form.expires_at = in.maybe_time("expires_at");
  const bool was_read = form.expires_at && *form.expires_at != timestamp{};
  if (was_read && *form.expires_at <= now)
    in.reject("expires_at", "range", "must be in the future");
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return form;
}

}  // namespace callboard::net
