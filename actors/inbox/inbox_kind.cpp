#include "actors/inbox/inbox_kind.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/inbox/inbox.hpp"
#include "actors/inbox/inbox_json.hpp"
#include "actors/typed/typed_entity.hpp"

namespace callboard::inbox {
namespace {

/// The lists as arrays of at most about `bytes_max`; at least one, maybe empty.
std::vector<std::string> render_lists(const state& s, std::size_t bytes_max) {
  std::vector<std::string> out;
  json_writer w;
  w.open('[');
  for (const auto& [id, entry] : s.lists) {
    if (w.text().size() > bytes_max) {
      out.push_back(w.close(']').take());
      w = json_writer();
      w.open('[');
    }
    w.open('{')
      .member("id", id)
      .member("name", entry.name)
      .member("my_role", entry.my_role)
      .close('}');
  }
  out.push_back(w.close(']').take());
  return out;
}

struct rules {
  using state = inbox::state;
  using message = inbox::message;
  using event = inbox::event;

  static auto decide(const state& s, const message& m, const decide_context& context) {
    return inbox::decide(s, m, context);
  }
  static void evolve(state& s, const event& e, const happening& h) { inbox::evolve(s, e, h); }

  static answer reply(const entity_ref&, const state&, const message&, const plan<event>& planned) {
    answer out;
    out.status = planned.status;
    return out;
  }

  static answer ask(const entity_ref&, const state& s, const message& m, timestamp) {
    if (!std::holds_alternative<lists>(m))
      return refused(refuse_role());
    return json_answer("{\"lists\":" + render_lists(s, std::string::npos).front() + "}");
  }

  static result<stream_start> subscribe(const entity_ref& self, const state& s,
                                        const principal& who, bool with_snapshot) {
    if (!who.user || to_string(who.user) != self.id)
      return refuse(problem_code::not_found, "there is no such stream");
    stream_start out;
    if (with_snapshot) {
      std::vector<text_pieces> parts;
      for (const auto& lists : render_lists(s, part_bytes_max))
        parts.push_back({share("\"lists\":" + lists)});
      out.parts = std::make_shared<const std::vector<text_pieces>>(std::move(parts));
    }
    return out;
  }

  static event_draft encode(const entity_ref&, const event& e) { return inbox::encode(e); }
  static event decode_event(std::string_view type, std::string_view data) {
    return inbox::decode_event(type, data);
  }
  static std::string save(const state& s) { return inbox::save(s); }
  static state load(std::string_view text) { return inbox::load(text); }
  static std::size_t bytes(const state& s) noexcept {
    return s.lists.size() * 160 + s.op_ids.size() * 56;
  }
};

}  // namespace

const kind_descriptor& descriptor() {
  static constexpr kind_descriptor row{entity_kind::inbox, &make_typed_entity<rules>, &decode};
  return row;
}

}  // namespace callboard::inbox
