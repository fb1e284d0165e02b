#include "actors/list/list_past.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/list/list_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace callboard::list {

result<standing> read_standing(const answer& said) {
  if (said.problem)
    return *said.problem;
  const auto bad = refuse(problem_code::internal, "the list's answer cannot be read");
  if (said.body.size() != 2)
    return bad;
  const auto role = parse_member_role(*said.body[0]);
  const auto& ids = *said.body[1];
  if (!role || ids.size() % sizeof(uuid::bytes))
    return bad;
  standing out{said.seq, *role, {}};
  out.tasks.reserve(ids.size() / sizeof(uuid::bytes));
  for (std::size_t i = 0; i < ids.size(); i += sizeof(uuid::bytes)) {
    uuid id;
    std::memcpy(id.bytes.data(), ids.data() + i, sizeof id.bytes);
    out.tasks.insert(id);
  }
  return out;
}

void apply_recorded(state& s, const recorded_event& event) {
  const auto data = parse_trusted_json(*event.data);
  if (!data)
    throw std::runtime_error("damaged event of a list: " + event.type);
  evolve(s, decode_event(event.type, event.meta.part_id, *data), event.at);
}

void leave_out_purged(past_list& past) {
  auto& s = past.then;
  std::vector<uuid> gone;
  for (const auto& [id, t] : s.tasks)
    if (!past.now.tasks.contains(id))
      gone.push_back(id);
  const auto position = s.seq;
  for (const auto& id : gone)
    evolve(s, task_purged{id}, s.updated_at);
  s.seq = position;
}

answer ask(const past_list& past, const query& q, const principal& who) {
  member today;
  today.user_id = who.user;
  today.role = past.now.role;
  const auto* then = past.then.find_member(who.user);
  return ask_as(past.then, q, who, then ? then : &today);
}

}  // namespace callboard::list
