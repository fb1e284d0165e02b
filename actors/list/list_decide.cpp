#include "actors/list/list_decide.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/text_rules.hpp"

#include <type_traits>

namespace callboard::list {
namespace {

constexpr auto purge_list_timer = "purge:list";
constexpr std::string_view purge_task_timer = "purge:task:";

}  // namespace

result<outcome> decide(const state& s, const command& c, const envelope& e, timestamp now) {
  return std::visit(
    [&](const auto& one) -> result<outcome> {
      if constexpr (std::is_base_of_v<about_list, std::decay_t<decltype(one)>>)
        if (one.id && *one.id != s.id)
          return refuse_field("/id", "unknown", "the list's own id is expected");
      return decider(s, e, now).on(one);
    },
    c);
}

// -- checks in their order --------------------------------------------------------------------------

decider::check decider::may(capability_set needed, bool even_archived) const {
  if (!s_.exists() || s_.deleted_at || !me_)
    return not_found();
  if (!me_->capabilities.has(needed))
    return refuse(problem_code::forbidden, "your role in this list does not allow it");
  if (s_.archived_at && !even_archived)
    return refuse(problem_code::list_archived, "the list is archived");
  return {};
}

decider::check decider::if_match(std::uint64_t rev, const std::string& current) const {
  const bool wrong = (e_.if_rev && *e_.if_rev != rev) || e_.if_none_match_any;
  if (!wrong)
    return {};
  auto why = refuse(problem_code::precondition_failed,
                    e_.if_none_match_any ? "it exists already" : "it is at revision " + std::to_string(rev));
  why.extra = "\"current\":" + current;
  return why;
}

decider::check decider::if_match_list() const {
  if (!e_.if_rev || *e_.if_rev == s_.seq)
    return {};
  auto why = refuse(problem_code::precondition_failed, "the list is at position " + std::to_string(s_.seq));
  why.extra = "\"current\":" + current_list();
  return why;
}

decider::check decider::id_is_free(const uuid& id) const {
  std::string current;
  if (const auto* t = s_.find_task(id))
    current = *t->json;
  else if (const auto i = s_.sections.find(id); i != s_.sections.end())
    current = render_section(s_, i->second);
  else if (const auto j = s_.tags.find(id); j != s_.tags.end())
    current = render_tag(s_, j->second);
  else
    return {};
  auto why = refuse(e_.if_none_match_any ? problem_code::precondition_failed : problem_code::already_exists,
                    "the id is taken in this list");
  why.extra = "\"current\":" + current;
  return why;
}

decider::check decider::text_fits(std::size_t more, std::size_t less) const {
  if (s_.text_bytes + more <= text_bytes_max + less)
    return {};
  auto why = refuse_field("", "limit", "all text of a list is at most 16 MiB");
  why.errors[0].limit = static_cast<std::int64_t>(text_bytes_max);
  return why;
}

// -- list ---------------------------------------------------------------------------------------------

std::string decider::current_list(const member* caller) const { return render_list(s_, caller); }

list_settings decider::merged(const settings_patch& patch, list_settings from) const {
  return {patch.has_time_tracking.value_or(from.has_time_tracking), patch.has_due_dates.value_or(from.has_due_dates),
          patch.is_auto_ordered.value_or(from.is_auto_ordered)};
}

void decider::tell(outcome& out, const uuid& user, std::string_view event, const member_role* role) const {
  json_writer w;
  w.open('{').member("event", event).member("list_id", s_.id);
  w.member("name", s_.seq ? s_.name : std::string());
  if (role)
    w.member("my_role", to_string(*role));
  else
    w.member("my_role", nullptr);
  out.outbox.push_back({{entity_kind::inbox, to_string(user)}, "inbox.tell", w.close('}').take()});
}

void decider::tell_all(outcome& out, std::string_view event, bool gone) const {
  for (const auto& [user, m] : s_.members)
    tell(out, user, event, gone ? nullptr : &m.role);
}

result<outcome> decider::on(const create_list& c) {
  if (!s_.seq)
    return make_list(c);
  const bool seen = s_.exists() && me_;
  auto why = refuse(e_.if_none_match_any ? problem_code::precondition_failed : problem_code::already_exists,
                    "the id is taken");
  if (seen)
    why.extra = "\"current\":" + current_list();
  return why;
}

result<outcome> decider::make_list(const create_list& c) {
  list_fields fields;
  fields.name = *c.fields.name;
  fields.color = c.fields.color.value_or("#808080");
  fields.description = c.fields.description.value_or("");
  fields.key = c.fields.key.value_or("");
  if (fields.key.empty())
    fields.key = key_of_name(fields.name);
  fields.settings = merged(c.settings, {});
  outcome out;
  out.status = 201;
  out.shows = {subject::what::list, s_.id};
  const member_fields owner{c.owner_name, member_role::owner, capabilities_of(member_role::owner)};
  json_writer w;
  w.open('{').member("event", "member.added").member("list_id", s_.id).member("name", fields.name);
  w.member("my_role", to_string(owner.role)).close('}');
  out.outbox.push_back({{entity_kind::inbox, to_string(e_.who.user)}, "inbox.tell", w.take()});
  out.events.emplace_back(list_created{std::move(fields)});
  out.events.emplace_back(member_added{e_.who.user, owner});
  return out;
}

result<outcome> decider::change_list(list_verb verb, list_patch patch) {
  outcome out;
  out.shows = {subject::what::list, s_.id};
  if (patch.key && patch.key->empty())
    patch.key = key_of_name(patch.name ? *patch.name : s_.name);
  if (!reduce(s_, patch))
    return out;
  const auto more = patch.name.value_or("").size() + patch.description.value_or("").size();
  if (auto fits = text_fits(more, text_size(s_)); !fits)
    return fits.error();
  const auto by = verb == list_verb::deleted ? e_.who.user : uuid{};
  out.events.emplace_back(list_changed{verb, std::move(patch), by});
  return out;
}

result<outcome> decider::on(const update_list& c) {
  if (auto ok = may(list_update); !ok)
    return ok.error();
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  auto patch = c.fields;
  const auto settings = merged(c.settings, c.default_settings ? list_settings{} : s_.settings);
  if (c.default_settings || !(settings == s_.settings))
    patch.settings = settings;
  if (auto ok = base_holds(patch, s_, c.base_rev, current_list()); !ok)
    return ok.error();
  return change_list(list_verb::updated, std::move(patch));
}

result<outcome> decider::on(const replace_list& c) {
  if (!s_.seq && e_.if_none_match_any)
    return make_list(c);
  if (auto ok = may(list_update); !ok)
    return ok.error();
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  auto patch = c.fields;
  patch.color = patch.color.value_or("#808080");
  patch.description = patch.description.value_or("");
  patch.key = patch.key.value_or("");
  patch.settings = merged(c.settings, {});
  return change_list(list_verb::updated, std::move(patch));
}

result<outcome> decider::on(const archive_list&) {
  if (auto ok = may(list_update, true); !ok)
    return ok.error();
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  list_patch patch;
  patch.archived_at = s_.archived_at ? s_.archived_at : now_;
  return change_list(list_verb::archived, std::move(patch));
}

result<outcome> decider::on(const unarchive_list&) {
  if (auto ok = may(list_update, true); !ok)
    return ok.error();
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  list_patch patch;
  patch.archived_at.emplace();
  return change_list(list_verb::unarchived, std::move(patch));
}

result<outcome> decider::on(const delete_list&) {
  if (auto ok = may(list_delete, true); !ok)
    return ok.error();
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  return trash_list();
}

result<outcome> decider::trash_list() {
  list_patch patch;
  patch.deleted_at = now_;
  auto out = change_list(list_verb::deleted, std::move(patch));
  if (!out)
    return out;
  out->status = 204;
  out->shows = {};
  out->timers.push_back({purge_list_timer, s_.seq + 1, now_ + trash_kept});
  out->revocations.push_back({});
  tell_all(*out, "list.deleted", true);
  return out;
}

result<outcome> decider::on(const restore_list&) {
  if (!s_.exists() || !me_)
    return not_found();
  if (!me_->capabilities.has(list_delete))
    return refuse(problem_code::forbidden, "your role in this list does not allow it");
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  list_patch patch;
  patch.deleted_at.emplace();
  auto out = change_list(list_verb::restored, std::move(patch));
  if (!out || out->events.empty())
    return out;
  out->timers.push_back({purge_list_timer, s_.deleted_seq, std::nullopt});
  tell_all(*out, "list.restored", false);
  return out;
}

result<outcome> decider::on(const purge_list&) {
  const bool admin = e_.who.role != instance_role::player;
  if (!s_.exists() || (!me_ && !admin))
    return not_found();
  if (!admin && me_->role != member_role::owner)
    return s_.deleted_at ? not_found() : refuse(problem_code::forbidden, "only an owner purges a list");
  if (auto ok = if_match(s_.seq, current_list()); !ok)
    return ok.error();
  if (!admin && !s_.deleted_at)
    return refuse(problem_code::conflict, "delete the list first");
  outcome out;
  out.status = 204;
  out.events.emplace_back(list_changed{list_verb::purged, {}, {}});
  out.revocations.push_back({});
  if (s_.deleted_at)
    out.timers.push_back({purge_list_timer, s_.deleted_seq, std::nullopt});
  else
    tell_all(out, "list.deleted", true);
  for (const auto* t : s_.trash)
    out.timers.push_back({std::string(purge_task_timer) + to_string(t->id), t->deleted_seq, std::nullopt});
  return out;
}

result<outcome> decider::on(const timer_fired& c) {
  if (e_.who.kind != actor_kind::system)
    return refuse(problem_code::forbidden, "only the system fires timers");
  outcome out;
  if (!s_.exists())
    return out;
  if (c.name == purge_list_timer) {
    if (s_.deleted_seq && s_.deleted_seq == c.gen) {
      out.events.emplace_back(list_changed{list_verb::purged, {}, {}});
      out.revocations.push_back({});
    }
    return out;
  }
  if (!c.name.starts_with(purge_task_timer))
    return out;
  const auto id = parse_uuid(std::string_view(c.name).substr(purge_task_timer.size()));
  const auto* t = id ? s_.find_task(*id) : nullptr;
  if (t && t->deleted_seq && t->deleted_seq == c.gen)
    purge_family(out, trashed_family(*t));
  return out;
}

}  // namespace callboard::list
