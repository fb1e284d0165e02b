#include "actors/list/fractional_index.hpp"
#include "actors/list/list_decide.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/text_rules.hpp"

#include <algorithm>

namespace callboard::list {
namespace {

/// The tag that bears a name already, compared as names are.
const tag* namesake(const state& s, std::string_view name, const uuid& but) {
  const auto wanted = folded(name);
  for (const auto& [id, one] : s.tags)
    if (id != but && folded(one.name) == wanted)
      return &one;
  return nullptr;
}

refusal name_taken(const state& s, const tag& by) {
  auto why = refuse(problem_code::already_exists, "a tag of this name is there already");
  why.extra = "\"current\":" + render_tag(s, by);
  return why;
}

}  // namespace

std::vector<uuid> decider::live_tasks_where(bool (*holds)(const task&, const uuid&), const uuid& id) const {
  std::vector<uuid> found;
  for (const auto* t : s_.order)
    if (holds(*t, id))
      found.push_back(t->id);
  return found;
}

result<std::string> decider::key_for_section(const placement& place, const uuid& moving) const {
  place_order order;
  for (const auto& [id, one] : s_.sections)
    if (id != moving)
      order.insert({one.position, id});
  if (auto key = key_in(order, place))
    return *key;
  return refuse_field(place.where == placement::place::before ? "/before" : "/after", "unknown", "there is no such section");
}

result<outcome> decider::on(const create_section& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  if (auto ok = id_is_free(c.id); !ok)
    return ok.error();
  if (s_.sections.size() >= sections_max)
    return refuse_field("", "limit", "max 1000 sections");
  if (auto ok = text_fits(c.name.size()); !ok)
    return ok.error();
  auto key = key_for_section(c.place, {});
  if (!key)
    return key.error();
  outcome out;
  out.status = 201;
  out.shows = {subject::what::section, c.id};
  out.events.emplace_back(section_created{c.id, {c.name, std::move(*key)}});
  return out;
}

result<outcome> decider::on(const update_section& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  const auto i = s_.sections.find(c.id);
  if (i == s_.sections.end())
    return not_found();
  const auto& one = i->second;
  if (auto ok = if_match(one.rev, render_section(s_, one)); !ok)
    return ok.error();
  auto patch = c.fields;
  if (c.place)
    patch.position = one.position;
  if (auto ok = base_holds(patch, one, c.base_rev, render_section(s_, one)); !ok)
    return ok.error();
  if (c.place) {
    auto key = key_for_section(*c.place, c.id);
    if (!key)
      return key.error();
    patch.position = std::move(*key);
  }
  if (auto ok = text_fits(patch.name.value_or("").size(), one.name.size()); !ok)
    return ok.error();
  outcome out;
  out.shows = {subject::what::section, c.id};
  if (reduce(one, patch))
    out.events.emplace_back(section_changed{c.id, std::move(patch)});
  return out;
}

result<outcome> decider::on(const delete_section& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  const auto i = s_.sections.find(c.id);
  if (i == s_.sections.end())
    return not_found();
  if (auto ok = if_match(i->second.rev, render_section(s_, i->second)); !ok)
    return ok.error();
  outcome out;
  out.status = 204;
  out.events.emplace_back(section_deleted{
    c.id, live_tasks_where([](const task& t, const uuid& id) { return t.section_id == id; }, c.id)});
  return out;
}

result<outcome> decider::on(const create_tag& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  if (auto ok = id_is_free(c.id); !ok)
    return ok.error();
  if (const auto* other = namesake(s_, c.fields.name, {}))
    return name_taken(s_, *other);
  if (s_.tags.size() >= tags_max)
    return refuse_field("", "limit", "max 1000 tags");
  if (auto ok = text_fits(c.fields.name.size()); !ok)
    return ok.error();
  outcome out;
  out.status = 201;
  out.shows = {subject::what::tag, c.id};
  out.events.emplace_back(tag_created{c.id, c.fields});
  return out;
}

result<outcome> decider::on(const update_tag& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  const auto i = s_.tags.find(c.id);
  if (i == s_.tags.end())
    return not_found();
  const auto& one = i->second;
  if (auto ok = if_match(one.rev, render_tag(s_, one)); !ok)
    return ok.error();
  auto patch = c.fields;
  if (auto ok = base_holds(patch, one, c.base_rev, render_tag(s_, one)); !ok)
    return ok.error();
  if (patch.name)
    if (const auto* other = namesake(s_, *patch.name, c.id))
      return name_taken(s_, *other);
  if (auto ok = text_fits(patch.name.value_or("").size(), one.name.size()); !ok)
    return ok.error();
  outcome out;
  out.shows = {subject::what::tag, c.id};
  if (reduce(one, patch))
    out.events.emplace_back(tag_changed{c.id, std::move(patch)});
  return out;
}

result<outcome> decider::on(const delete_tag& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  const auto i = s_.tags.find(c.id);
  if (i == s_.tags.end())
    return not_found();
  if (auto ok = if_match(i->second.rev, render_tag(s_, i->second)); !ok)
    return ok.error();
  outcome out;
  out.status = 204;
  out.events.emplace_back(tag_deleted{c.id, live_tasks_where(
                                              [](const task& t, const uuid& id) {
                                                return std::find(t.tags.begin(), t.tags.end(), id) != t.tags.end();
                                              },
                                              c.id)});
  return out;
}

}  // namespace callboard::list
