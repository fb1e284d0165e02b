#include "actors/login/login.hpp"

#include "actors/typed/text_rules.hpp"

namespace callboard::login {
namespace {

using verdict = result<plan<event>>;

timer_op no_timer(const state& s) {
  return {std::string(reservation_timer), s.timer_gen, std::nullopt};
}

refusal refuse_taken() {
  return refuse(problem_code::already_exists, "another user has this name");
}

verdict on(const state& s, const reserve& c, const decide_context& context) {
  if (s.user_id == c.user_id)
    return plan<event>{};  // Any step of signing up may be repeated.
  if (s.user_id)
    return refuse_taken();
  plan<event> out;
  out.events.push_back(reserved{c.user_id});
  out.timers.push_back(
    {std::string(reservation_timer), context.seq + 1, context.now + reservation_time});
  return out;
}

verdict on(const state& s, const confirm& c, const decide_context&) {
  if (s.user_id && s.user_id != c.user_id)
    return refuse_taken();
  plan<event> out;
  if (s.is_confirmed)
    return out;
  out.events.push_back(confirmed{c.user_id});
  if (s.timer_gen)
    out.timers.push_back(no_timer(s));
  return out;
}

verdict on(const state& s, const release& c, const decide_context&) {
  plan<event> out;
  if (s.user_id != c.user_id)
    return out;
  out.events.push_back(released{c.user_id});
  if (s.timer_gen)
    out.timers.push_back(no_timer(s));
  return out;
}

verdict on(const state& s, const timer_fired& c, const decide_context&) {
  plan<event> out;
  if (c.name == reservation_timer && s.timer_gen && c.gen == s.timer_gen)
    out.events.push_back(lapsed{s.user_id});
  return out;
}

verdict on(const state&, const find&, const decide_context&) { return refuse_role(); }

}  // namespace

std::string email_id(std::string_view email) { return "email:" + lower_ascii(email); }
std::string username_id(std::string_view username) { return "name:" + lower_ascii(username); }

result<plan<event>> decide(const state& s, const message& m, const decide_context& context) {
  return std::visit([&](const auto& c) { return on(s, c, context); }, m);
}

}  // namespace callboard::login
