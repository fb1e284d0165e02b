#include "actors/login/login.hpp"

namespace callboard::login {

void evolve(state& s, const event& e, const happening& h) {
  std::visit(overloaded{
               [&](const reserved& r) {
                 s = {r.user_id, false, h.seq};
               },
               [&](const confirmed& c) {
                 s = {c.user_id, true, 0};
               },
               [&](const released&) { s = {}; },
               [&](const lapsed&) { s = {}; },
             },
             e);
}

}  // namespace callboard::login
