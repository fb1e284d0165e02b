#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/list/list.hpp"

#include <set>

namespace callboard::list {

/// What an answer shows once the events are applied.
struct subject {
  enum class what : std::uint8_t { nothing, list, section, tag, member, task } kind = what::nothing;
  uuid id;
};

/// What a command decides to. No events: nothing changes, and the answer shows the present state.
struct outcome {
  std::vector<event> events;
  subject shows;
  std::uint16_t status = 200;
  std::vector<timer_op> timers;
  std::vector<outbox_message> outbox;
  std::vector<revocation> revocations;
};

/// Decides by API.md's order of checks; changes nothing. Timers' generations count from `s.seq`.
result<outcome> decide(const state& s, const command& c, const envelope& e, timestamp now);

/// One decision in the making: the rules of each part are its members, split over files by part.
class decider {
 public:
  decider(const state& s, const envelope& e, timestamp now)
      : s_(s), e_(e), now_(now), me_(s.find_member(e.who.user)) {}

  result<outcome> on(const create_list& c);
  result<outcome> on(const update_list& c);
  result<outcome> on(const replace_list& c);
  result<outcome> on(const archive_list& c);
  result<outcome> on(const unarchive_list& c);
  result<outcome> on(const delete_list& c);
  result<outcome> on(const restore_list& c);
  result<outcome> on(const purge_list& c);
  result<outcome> on(const reorder_tasks& c);
  result<outcome> on(const create_section& c);
  result<outcome> on(const update_section& c);
  result<outcome> on(const delete_section& c);
  result<outcome> on(const create_tag& c);
  result<outcome> on(const update_tag& c);
  result<outcome> on(const delete_tag& c);
  result<outcome> on(const add_member& c);
  result<outcome> on(const update_member& c);
  result<outcome> on(const remove_member& c);
  result<outcome> on(const rename_member& c);
  result<outcome> on(const forget_member& c);
  result<outcome> on(const create_task& c);
  result<outcome> on(const update_task& c);
  result<outcome> on(const replace_task& c);
  result<outcome> on(const complete_task& c);
  result<outcome> on(const reopen_task& c);
  result<outcome> on(const delete_task& c);
  result<outcome> on(const restore_task& c);
  result<outcome> on(const purge_task& c);
  result<outcome> on(const move_task& c);
  result<outcome> on(const tag_task& c);
  result<outcome> on(const assign_task& c);
  result<outcome> on(const unassign_task& c);
  result<outcome> on(const depend_task& c);
  result<outcome> on(const start_timer& c);
  result<outcome> on(const pause_timer& c);
  result<outcome> on(const reset_timer& c);
  result<outcome> on(const timer_fired& c);

 private:
  using check = result<void>;
  struct key_and_rebalance {
    std::string key;
    bool rebalance = false;
  };
  struct place_holder {  ///< a place in the order that a command is working out
    std::string position;
    uuid id;
    auto operator<=>(const place_holder&) const = default;
  };
  using place_order = std::set<place_holder>;

  // -- checks in their order ------------------------------------------------------------------------
  check may(capability_set needed, bool even_archived = false) const;
  check if_match(std::uint64_t rev, const std::string& current) const;
  check if_match_list() const;
  check id_is_free(const uuid& id) const;
  template <class Patch, class Part>
  check base_holds(const Patch& patch, const Part& part, std::optional<std::uint64_t> given,
                   const std::string& current) const;
  check text_fits(std::size_t more, std::size_t less = 0) const;
  static check list_text_fits(const list_patch& patch);

  // -- list -------------------------------------------------------------------------------------------
  result<outcome> make_list(const create_list& c);
  result<outcome> change_list(list_verb verb, list_patch patch);
  result<outcome> trash_list();
  std::string current_list() const { return current_list(me_); }
  std::string current_list(const member* caller) const;
  list_settings merged(const settings_patch& patch, list_settings from) const;
  void tell(outcome& out, const uuid& user, std::string_view event, const member_role* role) const;
  void tell_all(outcome& out, std::string_view event, bool gone) const;

  // -- members ------------------------------------------------------------------------------------------
  check may_grant(member_role role, std::optional<capability_set> asked) const;
  bool last_owner(const member& m) const;
  outcome take_out(const member& m) const;

  // -- tasks ----------------------------------------------------------------------------------------------
  result<const task*> live_task(const uuid& id) const;
  result<const task*> open_task(const uuid& id, capability_set needed);
  result<outcome> make_task(const uuid& id, task_patch fields, placement place);
  result<outcome> change_task(const task& t, task_verb verb, task_patch patch, bool show);
  result<outcome> patch_task(const task& t, task_patch patch, std::optional<std::uint64_t> base_rev);
  void follow_status(const task& t, task_patch& patch) const;
  check references_hold(const task* t, const uuid& id, const task_patch& patch, bool in_path = false) const;
  check counts_hold(const task_patch& patch) const;
  check parent_holds(const task* t, const uuid& id, const uuid& parent) const;
  check depends_hold(const task* t, const uuid& id, const std::vector<uuid>& ids, bool in_path) const;
  bool depends_on(const uuid& from, const uuid& wanted) const;
  std::size_t depth_of(const uuid& id) const;
  std::size_t height_of(const uuid& id) const;
  std::vector<uuid> live_family(const task& t) const;
  std::vector<uuid> trashed_family(const task& t) const;
  task_fields without_gone(const task& t, const std::vector<uuid>& returning) const;
  void purge_family(outcome& out, const std::vector<uuid>& family) const;
  void make_room(outcome& out, std::size_t coming) const;
  outcome shows_task(const uuid& id, std::uint16_t status = 200) const;
  std::vector<uuid> live_tasks_where(bool (*holds)(const task&, const uuid&), const uuid& id) const;

  // -- order ----------------------------------------------------------------------------------------------
  result<key_and_rebalance> key_for_task(const placement& place, const uuid& moving) const;
  static std::optional<std::string> key_in(const place_order& order, const placement& place);
  place_order order_without(const uuid& id) const;
  void rebalance(outcome& out, const place_order& order) const;
  result<outcome> reorder_ids(const reorder_tasks& c);
  result<outcome> reorder_moves(const reorder_tasks& c);
  refusal reorder_mismatch() const;
  result<std::string> key_for_section(const placement& place, const uuid& moving) const;

  const state& s_;
  const envelope& e_;
  timestamp now_;
  const member* me_;
};

/// 404 in the words of every path.
inline refusal not_found() { return refuse(problem_code::not_found, "there is nothing here"); }

template <class Patch, class Part>
decider::check decider::base_holds(const Patch& patch, const Part& part, std::optional<std::uint64_t> given,
                                   const std::string& current) const {
  const auto base = e_.base_rev ? e_.base_rev : given;
  if (!base)
    return {};
  std::string fields;
  each_field<Patch>([&](std::uint8_t number, const auto& row) {
    if ((patch.*row.change) && part.revs.of(number) > *base)
      fields += (fields.empty() ? "\"" : ",\"") + std::string(row.name) + '"';
  });
  if (fields.empty())
    return {};
  auto why = refuse(problem_code::conflict, "fields changed since base_rev " + std::to_string(*base));
  why.extra = "\"conflicting_fields\":[" + fields + "],\"current\":" + current;
  return why;
}

}  // namespace callboard::list
