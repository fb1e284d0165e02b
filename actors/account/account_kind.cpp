#include "actors/account/account_kind.hpp"

#include "actors/account/account.hpp"
#include "actors/account/account_args.hpp"
#include "actors/account/account_json.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/typed/typed_entity.hpp"

#include <algorithm>
#include <utility>

namespace callboard::account {
namespace {

answer render(const entity_ref& self, const state& s, std::uint16_t status) {
  auto out = json_answer(render_user(self.id, s.user), status);
  out.etag = s.user.rev;
  return out;
}

answer render_credentials(const state& s) {
  json_writer w;
  w.open('{').member("password_hash", s.password_hash);
  w.member("disabled", s.user.disabled_at.has_value());
  w.member("role", to_string(s.user.user_role)).member("name", s.user.name);
  return json_answer(w.close('}').take());
}

answer render_sessions(const state& s) {
  std::vector<std::pair<timestamp, uuid>> ids;
  for (const auto& [id, entry] : s.sessions) ids.emplace_back(entry.started_at, id);
  std::sort(ids.begin(), ids.end());
  json_writer w;
  w.open('{').key("ids").open('[');
  for (const auto& [at, id] : ids) w.value(id);
  return json_answer(w.close(']').close('}').take());
}

answer render_tokens(const state& s) {
  json_writer w;
  w.open('{').key("items").open('[');
  for (const auto& [id, token] : s.tokens) w.raw(render_token(token));
  return json_answer(w.close(']').close('}').take());
}

answer render_confirmation(const state& s, const confirm_token& q, timestamp now) {
  const auto found = std::find_if(s.tokens.begin(), s.tokens.end(), [&](const auto& entry) {
    return entry.second.content.hash == q.hash;
  });
  if (found == s.tokens.end() || s.user.disabled_at)
    return refused(refuse(problem_code::token_revoked, "this API token has ended"));
  const auto& token = found->second;
  if (token.is_over(now))
    return refused(refuse(problem_code::token_expired, "this API token has expired"));
  const auto& used = token.last_used_at;
  json_writer w;
  w.open('{').member("id", token.content.id).member("role", to_string(s.user.user_role));
  w.member("scopes", to_string(token.content.scopes & scopes_of(s.user.user_role)));
  w.member("expires_at", token.content.expires_at);
  w.member("note_use", !used || now - *used >= token_use_noted_every);
  return json_answer(w.close('}').take());
}

struct rules {
  using state = account::state;
  using message = account::message;
  using event = account::event;

  static auto decide(const state& s, const message& m, const decide_context& context) {
    return account::decide(s, m, context);
  }
  static void evolve(state& s, const event& e, const happening& h) { account::evolve(s, e, h); }

  static answer reply(const entity_ref& self, const state& s, const message& m,
                      const plan<event>& planned) {
    if (const auto* made = std::get_if<create_token>(&m))
      return json_answer(render_token(s.tokens.at(made->id)), planned.status);
    if (planned.status != 204 && !s.is_deleted)
      return render(self, s, planned.status);
    answer out;
    out.status = planned.status;
    return out;
  }

  static answer ask(const entity_ref& self, const state& s, const message& m, timestamp now) {
    if (const auto* q = std::get_if<confirm_token>(&m))
      return render_confirmation(s, *q, now);
    if (!s.is_created || s.is_deleted)
      return refused(refuse(problem_code::not_found, "there is no such account"));
    if (std::holds_alternative<get>(m))
      return render(self, s, 200);
    if (std::holds_alternative<credentials>(m))
      return render_credentials(s);
    if (std::holds_alternative<sessions>(m))
      return render_sessions(s);
    if (std::holds_alternative<tokens>(m))
      return render_tokens(s);
    return refused(refuse_role());
  }

  static result<stream_start> subscribe(const entity_ref&, const state&, const principal&, bool) {
    return refuse(problem_code::not_found, "there is no such stream");
  }

  static event_draft encode(const entity_ref& self, const event& e) {
    return account::encode(self.id, e);
  }
  static event decode_event(std::string_view type, std::string_view data) {
    return account::decode_event(type, data);
  }
  static std::string save(const state& s) { return account::save(s); }
  static state load(std::string_view text) { return account::load(text); }
  static std::size_t bytes(const state& s) noexcept { return 512 + s.sessions.size() * 80 + s.tokens.size() * 320; }
};

}  // namespace

const kind_descriptor& descriptor() {
  static constexpr kind_descriptor row{entity_kind::account, &make_typed_entity<rules>, &decode};
  return row;
}

}  // namespace callboard::account
