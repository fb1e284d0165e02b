#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace callboard::net {

// Bodies of /v1/auth/*, checked against API.md sections 4, 5 and 20; a refusal names every wrong
// field.

struct sign_up_form {
  std::string email, password, name;
  std::optional<std::string> username;
};
struct sign_in_form {
  std::optional<std::string> email, username;  ///< exactly one
  std::string password, device;
};
struct password_change_form {
  std::string current, next;
};

struct new_token_form {
  std::string name;
  scope_set scopes = 0;
  std::optional<timestamp> expires_at;
};

result<sign_up_form> read_sign_up(const boost::json::value& body);
result<sign_in_form> read_sign_in(const boost::json::value& body);
/// The refresh token's text.
result<std::string> read_refresh(const boost::json::value& body);
result<password_change_form> read_password_change(const boost::json::value& body);

result<new_token_form> read_new_token(const boost::json::value& body, timestamp now);

/// Single fields, for other doors (command line, member.add); nothing: it is good.
std::optional<field_error> check_email(std::string_view email, std::string pointer);
std::optional<field_error> check_username(std::string_view username, std::string pointer);
std::optional<field_error> check_new_password(std::string_view password, std::string pointer);

}  // namespace callboard::net
