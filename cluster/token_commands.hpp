#pragma once

#include "actors/base/refusal.hpp"
#include "actors/ports/entities.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace callboard::cluster {

/// What `token create` asks for.
struct new_token {
  std::string email;
  std::string name;                   ///< empty: one is made up
  std::optional<std::string> scopes;  ///< separated by spaces; nothing: all of the account's role
  std::optional<std::chrono::seconds> ttl;
};

// What the command line does with an account's API tokens; each answers as HTTP does. They block.

/// The token as API.md section 20 lists it, and its text as `token`.
result<std::string> create_token(entities& target, const new_token& wanted);
/// `{"items":[…]}`.
result<std::string> list_tokens(entities& target, const std::string& email);
/// `{"id"}` of what is no more.
result<std::string> revoke_token(entities& target, const std::string& email, const std::string& id);

}  // namespace callboard::cluster
