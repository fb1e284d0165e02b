#include "actors/base/json_writer.hpp"
#include "actors/list/fractional_index.hpp"
#include "actors/list/list_decide.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace callboard::list {

using place = placement::place;

/// A key for a place in an order; nothing if the neighbour is not in it.
std::optional<std::string> decider::key_in(const place_order& order, const placement& p) {
  if (p.where == place::first)
    return key_between({}, order.empty() ? std::string_view() : std::string_view(order.begin()->position));
  if (p.where == place::last)
    return key_between(order.empty() ? std::string_view() : std::string_view(order.rbegin()->position), {});
  const auto beside = std::find_if(order.begin(), order.end(), [&](const auto& h) { return h.id == p.beside; });
  if (beside == order.end())
    return std::nullopt;
  if (p.where == place::before)
    return key_between(beside == order.begin() ? std::string_view() : std::string_view(std::prev(beside)->position),
                       beside->position);
  const auto next = std::next(beside);
  return key_between(beside->position, next == order.end() ? std::string_view() : std::string_view(next->position));
}

/// The same over the live tasks, without copying their order.
result<decider::key_and_rebalance> decider::key_for_task(const placement& p, const uuid& moving) const {
  const auto usable = [&](auto i) { return (*i)->id != moving; };
  const auto text = [](const task* t) { return t ? std::string_view(t->position) : std::string_view(); };
  const task *before = nullptr, *after = nullptr;
  auto at = s_.order.end();
  if (p.where == place::before || p.where == place::after) {
    const auto* beside = s_.find_live(p.beside);
    if (!beside || p.beside == moving)
      return refuse_field(p.where == place::before ? "/before" : "/after", "unknown", "there is no such task");
    at = s_.order.find(beside);
    if (p.where == place::after)
      ++at;
  } else if (p.where == place::first) {
    at = s_.order.begin();
  }
  // The gap is in front of `at`; the task that moves is not in it.
  auto next = at;
  while (next != s_.order.end() && !usable(next))
    ++next;
  after = next == s_.order.end() ? nullptr : *next;
  for (auto i = at; i != s_.order.begin() && !before;)
    if (usable(--i))
      before = *i;
  // Restored tasks may share a key; between equals there is no other.
  if (before && after && before->position >= after->position)
    return key_and_rebalance{before->position, true};
  key_and_rebalance found{key_between(text(before), text(after))};
  found.rebalance = found.key.size() > position_length_max;
  return found;
}

decider::place_order decider::order_without(const uuid& id) const {
  place_order order;
  for (const auto* t : s_.order)
    if (t->id != id)
      order.insert({t->position, t->id});
  return order;
}

/// Gives every task of the order a short key again.
void decider::rebalance(outcome& out, const place_order& order) const {
  auto keys = even_keys(order.size());
  tasks_reordered e;
  std::size_t i = 0;
  for (const auto& holder : order)
    e.positions.emplace_back(holder.id, std::move(keys[i++]));
  out.events.emplace_back(std::move(e));
}

refusal decider::reorder_mismatch() const {
  json_writer w;
  w.open('[');
  for (const auto* t : s_.order)
    w.value(t->id);
  auto why = refuse(problem_code::reorder_mismatch, "name live tasks of this list, each once");
  why.extra = "\"current\":" + w.close(']').take();
  return why;
}

result<outcome> decider::on(const reorder_tasks& c) {
  if (auto ok = may(items_write); !ok)
    return ok.error();
  if (auto ok = if_match_list(); !ok)
    return ok.error();
  return c.moves.empty() ? reorder_ids(c) : reorder_moves(c);
}

result<outcome> decider::reorder_ids(const reorder_tasks& c) {
  std::unordered_set<uuid, uuid_hash> named;
  std::vector<const task*> places;
  for (const auto& id : c.task_ids) {
    const auto* t = s_.find_live(id);
    if (!t || !named.insert(id).second)
      return reorder_mismatch();
    places.push_back(t);
  }
  std::sort(places.begin(), places.end(), by_position{});
  outcome out;
  out.shows = {subject::what::list, s_.id};
  tasks_reordered e;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (s_.find_task(c.task_ids[i])->position != places[i]->position)
      e.positions.emplace_back(c.task_ids[i], places[i]->position);
  if (!e.positions.empty())
    out.events.emplace_back(std::move(e));
  return out;
}

result<outcome> decider::reorder_moves(const reorder_tasks& c) {
  auto order = order_without({});
  std::map<uuid, std::string> moved;
  bool rebalances = false;
  for (const auto& move : c.moves) {
    const auto* t = s_.find_live(move.id);
    const bool beside = move.place.where == place::before || move.place.where == place::after;
    if (!t || (beside && (move.place.beside == move.id || !s_.find_live(move.place.beside))))
      return reorder_mismatch();
    const auto i = moved.find(move.id);
    order.erase({i == moved.end() ? t->position : i->second, move.id});
    auto key = *key_in(order, move.place);
    rebalances = rebalances || key.size() > position_length_max;
    order.insert({key, move.id});
    moved[move.id] = std::move(key);
  }
  outcome out;
  out.shows = {subject::what::list, s_.id};
  if (rebalances) {
    rebalance(out, order);
    return out;
  }
  tasks_reordered e;
  for (auto& [id, key] : moved)
    if (s_.find_task(id)->position != key)
      e.positions.emplace_back(id, std::move(key));
  if (!e.positions.empty())
    out.events.emplace_back(std::move(e));
  return out;
}

}  // namespace callboard::list
