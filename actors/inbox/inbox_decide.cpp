#include "actors/inbox/inbox.hpp"

#include <algorithm>
#include <array>

namespace callboard::inbox {
namespace {

constexpr std::array<std::string_view, 5> event_names{
  "member.added", "member.updated", "member.removed", "list.deleted", "list.restored"};

/// Would the tell leave the user's lists as they are?
bool is_known(const state& s, const tell& c) {
  const auto entry = s.lists.find(c.list_id);
  if (!c.my_role)
    return entry == s.lists.end();
  return entry != s.lists.end() && entry->second == list_entry{c.name, *c.my_role};
}

}  // namespace

bool is_inbox_event(std::string_view name) noexcept {
  return std::find(event_names.begin(), event_names.end(), name) != event_names.end();
}

result<plan<event>> decide(const state& s, const message& m, const decide_context& context) {
  const auto* c = std::get_if<tell>(&m);
  if (!c)
    return refuse_role();
  plan<event> out;
  if (!s.known_op_ids.contains(context.command.op_id) && !is_known(s, *c))
    out.events.push_back(told{*c});
  return out;
}

}  // namespace callboard::inbox
