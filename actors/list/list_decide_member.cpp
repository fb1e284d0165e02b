#include "actors/list/list_decide.hpp"
#include "actors/list/list_json.hpp"

#include <algorithm>

namespace callboard::list {

/// Nobody grants what he lacks, and only an owner makes an owner.
decider::check decider::may_grant(member_role role, std::optional<capability_set> asked) const {
  if (role == member_role::owner && me_->role != member_role::owner)
    return refuse(problem_code::forbidden, "only an owner makes an owner");
  if (!me_->capabilities.has(asked.value_or(capabilities_of(role))))
    return refuse(problem_code::forbidden, "you cannot grant what you may not do yourself");
  return {};
}

bool decider::last_owner(const member& m) const {
  return m.role == member_role::owner &&
         std::none_of(s_.members.begin(), s_.members.end(), [&](const auto& other) {
           return other.second.role == member_role::owner && other.first != m.user_id;
         });
}

result<outcome> decider::on(const add_member& c) {
  if (auto ok = may(members_manage); !ok)
    return ok.error();
  if (auto ok = may_grant(c.role, c.capabilities); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  if (const auto* there = s_.find_member(c.user_id)) {
    auto why = refuse(problem_code::already_exists, "the user is a member already");
    why.extra = "\"current\":" + render_member(*there);
    return why;
  }
  if (c.role == member_role::owner && c.capabilities)
    return refuse_field("/capabilities", "wrong", "an owner has every capability");
  if (s_.members.size() >= members_max)
    return refuse_field("", "limit", "max 500 members");
  outcome out;
  out.status = 201;
  out.shows = {subject::what::member, c.user_id};
  out.events.emplace_back(
    member_added{c.user_id, {c.name, c.role, c.capabilities.value_or(capabilities_of(c.role))}});
  tell(out, c.user_id, "member.added", &c.role);
  return out;
}

result<outcome> decider::on(const update_member& c) {
  const bool self = c.user_id == e_.who.user;
  const auto* target = s_.find_member(c.user_id);
  if (!s_.exists() || s_.deleted_at || !me_ || !target)
    return not_found();
  if (auto ok = may(members_manage, true); !ok)
    return ok.error();
  if ((self && c.capabilities) || (target->role == member_role::owner && me_->role != member_role::owner))
    return refuse(problem_code::forbidden, self ? "nobody changes his own capabilities" : "only an owner changes an owner");
  const auto role = c.role.value_or(target->role);
  const bool changes_role = role != target->role;
  const auto asked = c.capabilities ? *c.capabilities : std::optional<capability_set>();
  if (changes_role || c.capabilities)
    if (auto ok = may_grant(role, asked); !ok)
      return ok.error();
  if (auto ok = may(members_manage); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  member_patch patch;
  patch.role = role;
  if (changes_role || c.capabilities)
    patch.capabilities = asked.value_or(capabilities_of(role));
  outcome out;
  out.shows = {subject::what::member, c.user_id};
  const bool changes = reduce(*target, patch);
  if (auto ok = base_holds(patch, *target, c.base_rev, render_member(*target)); !ok)
    return ok.error();
  if (role != member_role::owner && last_owner(*target))
    return refuse(problem_code::last_owner, "the list would be left without an owner");
  if (role == member_role::owner && asked)
    return refuse_field("/capabilities", "wrong", "an owner has every capability");
  if (!changes)
    return out;
  tell(out, c.user_id, "member.updated", &role);
  out.events.emplace_back(member_changed{c.user_id, std::move(patch)});
  return out;
}

result<outcome> decider::on(const remove_member& c) {
  const auto* target = s_.find_member(c.user_id);
  if (!s_.exists() || s_.deleted_at || !me_ || !target)
    return not_found();
  const bool leaving = c.user_id == e_.who.user;
  if (!leaving) {
    if (target->role == member_role::owner && me_->role != member_role::owner)
      return refuse(problem_code::forbidden, "only an owner removes an owner");
    if (auto ok = may(members_manage); !ok)
      return ok.error();
  }
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  if (last_owner(*target))
    return refuse(problem_code::last_owner, "the list would be left without an owner");
  return take_out(*target);
}

outcome decider::take_out(const member& m) const {
  outcome out;
  out.status = 204;
  out.events.emplace_back(member_removed{
    m.user_id, live_tasks_where(
                 [](const task& t, const uuid& user) {
                   return std::any_of(t.assignees.begin(), t.assignees.end(),
                                      [&](const assignee& a) { return a.user_id == user; });
                 },
                 m.user_id)});
  out.revocations.push_back({m.user_id});
  tell(out, m.user_id, "member.removed", nullptr);
  return out;
}

// -- what accounts tell --------------------------------------------------------------------------

result<outcome> decider::on(const rename_member& c) {
  if (e_.who.kind != actor_kind::system)
    return refuse(problem_code::forbidden, "only a user's account renames him");
  outcome out;
  out.status = 204;
  const auto* target = s_.exists() ? s_.find_member(c.user_id) : nullptr;
  if (!target || target->name == c.name)
    return out;
  member_patch patch;
  patch.name = c.name;
  out.events.emplace_back(member_changed{c.user_id, std::move(patch)});
  return out;
}

result<outcome> decider::on(const forget_member& c) {
  if (e_.who.kind != actor_kind::system)
    return refuse(problem_code::forbidden, "only a user's account ends his memberships");
  const auto* target = s_.exists() ? s_.find_member(c.user_id) : nullptr;
  if (target && !last_owner(*target))
    return take_out(*target);
  if (target && !s_.deleted_at)
    return trash_list();
  outcome nothing;
  nothing.status = 204;
  return nothing;
}

}  // namespace callboard::list
