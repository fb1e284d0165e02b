#pragma once

#include "actors/base/envelope.hpp"
#include "actors/typed/plan.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>

/// What is told to a user, over all his sockets: the stream `user:<id>`.
namespace callboard::inbox {

/// Tells whose repetition is recognised.
inline constexpr std::size_t remembered_max = 1000;
/// A snapshot part holds at most about this much.
inline constexpr std::size_t part_bytes_max = 200 * 1024;

// -- commands
// ---------------------------------------------------------------------------------------

/// A list's news for this user (from an outbox): `event` is one of member.added, member.updated,
/// member.removed, list.deleted, list.restored; without `my_role` the list is gone for him. Takes
/// effect once per op_id.
struct tell {
  static constexpr std::string_view type = "inbox.tell";
  static constexpr auto role = message_role::command;
  std::string event;
  uuid list_id;
  std::string name;
  std::optional<std::string> my_role;
};

// -- queries
// ----------------------------------------------------------------------------------------

/// `{"lists":[{"id","name","my_role"}]}`.
struct lists {
  static constexpr std::string_view type = "inbox.lists";
  static constexpr auto role = message_role::query;
};

using message = std::variant<tell, lists>;

/// A message to a user's inbox, to be completed by the sender.
template <class T>
envelope to_inbox(const uuid& user, T content) {
  return make_envelope<message>({entity_kind::inbox, to_string(user)}, std::move(content));
}

// -- events and state
// -------------------------------------------------------------------------------

/// Recorded as `<event>.v1` with data `{list_id,name,my_role}`.
struct told {
  tell content;
};
using event = told;

struct list_entry {
  std::string name, my_role;
  bool operator==(const list_entry&) const = default;
};

struct state {
  std::map<uuid, list_entry> lists;
  std::deque<uuid> op_ids;  ///< of the newest tells, oldest first
  std::unordered_set<uuid, uuid_hash> known_op_ids;
};

bool is_inbox_event(std::string_view name) noexcept;

result<plan<event>> decide(const state& s, const message& m, const decide_context& context);
void evolve(state& s, const event& e, const happening& h);
void remember(state& s, const uuid& op_id);

}  // namespace callboard::inbox
