#include "actors/inbox/inbox.hpp"

namespace callboard::inbox {

void remember(state& s, const uuid& op_id) {
  if (!op_id || !s.known_op_ids.insert(op_id).second)
    return;
  s.op_ids.push_back(op_id);
  if (s.op_ids.size() > remembered_max) {
    s.known_op_ids.erase(s.op_ids.front());
    s.op_ids.pop_front();
  }
}

void evolve(state& s, const event& e, const happening& h) {
  if (e.content.my_role)
    s.lists[e.content.list_id] = {e.content.name, *e.content.my_role};
  else
    s.lists.erase(e.content.list_id);
  remember(s, h.op_id);
}

}  // namespace callboard::inbox
