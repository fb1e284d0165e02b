#pragma once

#include "actors/base/refusal.hpp"
#include "actors/base/uuid.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace callboard::net {

class bridge;

/// A user as others may see him.
struct found_user {
  uuid id;
  std::string name;
  std::string username;  ///< empty: none
};

using found_user_callback = std::function<void(result<found_user>)>;

/// The login entity's id of an e-mail address (`field` = email) or a username.
std::string login_id(std::string_view field, std::string_view text);

/// Asks the account; `not_found` if there is none. Loop thread.
void find_user(bridge& way, const uuid& id, found_user_callback done);

/// Asks the login, then its account; `not_found` if nobody holds it. Loop thread.
void find_user_by_login(bridge& way, const std::string& login, found_user_callback done);

}  // namespace callboard::net
