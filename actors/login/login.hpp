#pragma once

#include "actors/base/envelope.hpp"
#include "actors/typed/plan.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

/// A login name: one normalised e-mail address or username, and the user who holds it.
namespace callboard::login {

/// Entity ids: `email:` or `name:` and the text without case.
std::string email_id(std::string_view email);
std::string username_id(std::string_view username);

inline constexpr std::chrono::seconds reservation_time{60};
inline constexpr std::string_view reservation_timer = "reservation";

// -- commands
// ---------------------------------------------------------------------------------------

/// Holds the name for a user while his account is being made; 409 `already_exists` if another holds
/// it.
struct reserve {
  static constexpr std::string_view type = "login.reserve";
  static constexpr auto role = message_role::command;
  uuid user_id;
};
/// Makes the name his for good; may be repeated, and finds a lapsed reservation again while it is
/// free.
struct confirm {
  static constexpr std::string_view type = "login.confirm";
  static constexpr auto role = message_role::command;
  uuid user_id;
};
/// Frees the name, if this user holds it.
struct release {
  static constexpr std::string_view type = "login.release";
  static constexpr auto role = message_role::command;
  uuid user_id;
};
struct timer_fired {
  static constexpr std::string_view type = "timer.fired";
  static constexpr auto role = message_role::command;
  std::string name;
  std::uint64_t gen = 0;
};

// -- queries
// ----------------------------------------------------------------------------------------

/// `{"user_id"}` of the confirmed holder, else 404.
struct find {
  static constexpr std::string_view type = "login.find";
  static constexpr auto role = message_role::query;
};

using message = std::variant<reserve, confirm, release, timer_fired, find>;

/// A message to the login `id` (see email_id, username_id), to be completed by the sender.
template <class T>
envelope to_login(std::string id, T content) {
  return make_envelope<message>({entity_kind::login, std::move(id)}, std::move(content));
}

// -- events
// -----------------------------------------------------------------------------------------

struct reserved {
  static constexpr std::string_view wire_name = "login.reserved.v1";
  uuid user_id;
};
struct confirmed {
  static constexpr std::string_view wire_name = "login.confirmed.v1";
  uuid user_id;
};
struct released {
  static constexpr std::string_view wire_name = "login.released.v1";
  uuid user_id;
};
struct lapsed {
  static constexpr std::string_view wire_name = "login.lapsed.v1";
  uuid user_id;
};

using event = std::variant<reserved, confirmed, released, lapsed>;

// -- state
// ------------------------------------------------------------------------------------------

struct state {
  uuid user_id;  ///< nil: free
  bool is_confirmed = false;
  std::uint64_t timer_gen = 0;  ///< seq of the reservation; 0: no timer

  bool operator==(const state&) const = default;
};

result<plan<event>> decide(const state& s, const message& m, const decide_context& context);
void evolve(state& s, const event& e, const happening& h);

}  // namespace callboard::login
