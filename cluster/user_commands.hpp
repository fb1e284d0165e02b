#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"

#include <optional>
#include <string>

namespace callboard::net {
class password_pool;
}

namespace callboard::cluster {

/// What `user add` asks for.
struct new_user {
  std::string email;
  std::string name;      ///< empty: the part before @
  std::string password;  ///< empty: one is made
  instance_role role = instance_role::player;
};

struct made_user {
  std::string json;      ///< the User of API.md section 2
  std::string password;  ///< what was made; empty if it was given
};

/// What `user set` changes.
struct user_changes {
  std::optional<instance_role> role;
  std::optional<bool> disabled;
  std::string password;  ///< empty: stays
  std::string email{};   ///< empty: stays
};

/// Makes an account with its logins, step by step; any step may be repeated. Blocks.
result<made_user> add_user(entities& target, net::password_pool& passwords, new_user wanted);

/// The account that an e-mail address belongs to. Blocks.
result<uuid> find_user(entities& target, const std::string& email);

/// `{"items":[User…],"next_cursor":null}`, oldest first, at most `limit`. Blocks.
result<std::string> list_users(entities& target, store& journal, std::size_t limit);

/// Changes the account that an e-mail address belongs to; answers the User. Blocks.
result<std::string> set_user(entities& target, net::password_pool& passwords, const std::string& email,
                             const user_changes& changes);

}  // namespace callboard::cluster
