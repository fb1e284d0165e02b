#include "actors/login/login_kind.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/login/login.hpp"
#include "actors/login/login_json.hpp"
#include "actors/typed/typed_entity.hpp"

namespace callboard::login {
namespace {

struct rules {
  using state = login::state;
  using message = login::message;
  using event = login::event;

  static auto decide(const state& s, const message& m, const decide_context& context) {
    return login::decide(s, m, context);
  }
  static void evolve(state& s, const event& e, const happening& h) { login::evolve(s, e, h); }

  static answer reply(const entity_ref&, const state&, const message&, const plan<event>& planned) {
    answer out;
    out.status = planned.status;
    return out;
  }

  static answer ask(const entity_ref&, const state& s, const message& m, timestamp) {
    if (!std::holds_alternative<find>(m))
      return refused(refuse_role());
    if (!s.is_confirmed)
      return refused(refuse(problem_code::not_found, "no user has this name"));
    json_writer w;
    return json_answer(w.open('{').member("user_id", s.user_id).close('}').take());
  }

  static result<stream_start> subscribe(const entity_ref&, const state&, const principal&, bool) {
    return refuse(problem_code::not_found, "there is no such stream");
  }

  static event_draft encode(const entity_ref&, const event& e) { return login::encode(e); }
  static event decode_event(std::string_view type, std::string_view data) {
    return login::decode_event(type, data);
  }
  static std::string save(const state& s) { return login::save(s); }
  static state load(std::string_view text) { return login::load(text); }
  static std::size_t bytes(const state&) noexcept { return 0; }
};

}  // namespace

const kind_descriptor& descriptor() {
  static constexpr kind_descriptor row{entity_kind::login, &make_typed_entity<rules>, &decode};
  return row;
}

}  // namespace callboard::login
