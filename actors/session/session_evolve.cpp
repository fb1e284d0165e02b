#include "actors/session/session.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace callboard::session {
namespace {

void on(state& s, const started& e, const happening& h) {
  s = {};
  s.content = e.content;
  s.created_at = s.last_seen_at = h.at;
  s.is_started = true;
  s.timer_gen = h.seq;
}

void on(state& s, const refreshed& e, const happening& h) {
  if (!s.previous_hash.empty())
    s.former.push_back(short_hash(s.previous_hash));
  if (s.former.size() > former_max)
    s.former.pop_front();
  s.previous_hash = std::exchange(s.content.refresh_hash, e.hash);
  s.rotated_at = s.last_seen_at = h.at;
}

void on(state& s, const role_changed& e, const happening&) {
  s.content.user_role = e.user_role;
  s.content.scopes = scopes_of(e.user_role);
}

void on(state& s, const ended&, const happening& h) {
  s.is_ended = true;
  s.ended_at = h.at;
}

}  // namespace

std::uint64_t short_hash(std::string_view hex) noexcept {
  std::uint64_t out = 0;
  std::from_chars(hex.data(), hex.data() + std::min<std::size_t>(hex.size(), 16), out, 16);
  return out;
}

void evolve(state& s, const event& e, const happening& h) {
  std::visit([&](const auto& x) { on(s, x, h); }, e);
}

}  // namespace callboard::session
