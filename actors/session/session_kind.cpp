#include "actors/session/session_kind.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/session/session.hpp"
#include "actors/session/session_json.hpp"
#include "actors/typed/typed_entity.hpp"

namespace callboard::session {
namespace {

void write_rights(json_writer& w, const state& s) {
  w.member("user_id", s.content.user_id).member("role", to_string(s.content.user_role));
  w.member("scopes", to_string(s.content.scopes));
  w.member("created_at", s.created_at).member("expires_at", s.content.expires_at);
}

answer render_confirmation(const state& s, const confirm& q, timestamp now) {
  if (!s.is_alive(now) || s.content.user_id != q.user_id)
    return refused(refuse(problem_code::token_revoked, "the session has ended"));
  json_writer w;
  w.open('{').member("ok", true);
  write_rights(w, s);
  return json_answer(w.close('}').take());
}

answer render(const entity_ref& self, const state& s) {
  if (!s.is_started)
    return refused(refuse(problem_code::not_found, "there is no such session"));
  json_writer w;
  w.open('{').member("id", self.id);
  write_rights(w, s);
  w.member("device", s.content.device).member("ip", s.content.ip);
  w.member("user_agent", s.content.user_agent).member("last_seen_at", s.last_seen_at);
  w.member("ended_at", s.is_ended ? std::optional(s.ended_at) : std::nullopt);
  return json_answer(w.close('}').take());
}

struct rules {
  using state = session::state;
  using message = session::message;
  using event = session::event;

  static auto decide(const state& s, const message& m, const decide_context& context) {
    return session::decide(s, m, context);
  }
  static void evolve(state& s, const event& e, const happening& h) { session::evolve(s, e, h); }

  static answer reply(const entity_ref&, const state& s, const message&,
                      const plan<event>& planned) {
    if (planned.outcome.empty()) {
      answer out;
      out.status = planned.status;
      return out;
    }
    json_writer w;
    w.open('{').member("outcome", planned.outcome);
    write_rights(w, s);
    return json_answer(w.close('}').take(), planned.status);
  }

  static answer ask(const entity_ref& self, const state& s, const message& m, timestamp now) {
    if (const auto* q = std::get_if<confirm>(&m))
      return render_confirmation(s, *q, now);
    if (std::holds_alternative<get>(m))
      return render(self, s);
    return refused(refuse_role());
  }

  static result<stream_start> subscribe(const entity_ref&, const state&, const principal&, bool) {
    return refuse(problem_code::not_found, "there is no such stream");
  }

  static event_draft encode(const entity_ref&, const event& e) { return session::encode(e); }
  static event decode_event(std::string_view type, std::string_view data) {
    return session::decode_event(type, data);
  }
  static std::string save(const state& s) { return session::save(s); }
  static state load(std::string_view text) { return session::load(text); }
  static std::size_t bytes(const state& s) noexcept {
    return s.content.device.size() + s.content.user_agent.size() + 256 + s.former.size() * 8;
  }
};

}  // namespace

const kind_descriptor& descriptor() {
  static constexpr kind_descriptor row{entity_kind::session, &make_typed_entity<rules>, &decode};
  return row;
}

}  // namespace callboard::session
