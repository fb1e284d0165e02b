#include "actors/login/login_json.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/codec_tables.hpp"

#include <boost/json.hpp>

namespace callboard::login {
namespace {

template <class T>
message read_holder(args_reader& in) {
  return T{in.id("user_id")};
}

constexpr message_row<message> rows[] = {
  {reserve::type, read_holder<reserve>},
  {confirm::type, read_holder<confirm>},
  {release::type, read_holder<release>},
  {timer_fired::type, read_timer_fired<message, timer_fired>},
  {find::type, read_plain<message, find>},
};

template <class T>
event load_holder(const boost::json::object& object) {
  return T{stored_id(object, "user_id")};
}

constexpr event_row<event> event_rows[] = {
  {reserved::wire_name, load_holder<reserved>},
  {confirmed::wire_name, load_holder<confirmed>},
  {released::wire_name, load_holder<released>},
  {lapsed::wire_name, load_holder<lapsed>},
};

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args) {
  return decode_by<message>(rows, type, args, "a login");
}

event_draft encode(const event& e) {
  return std::visit(
    [](const auto& x) {
      return draft_of(x, [](json_writer& w, const auto& content) { w.member("user_id", content.user_id); });
    },
    e);
}

event decode_event(std::string_view type, std::string_view data) {
  return load_by<event>(event_rows, type, stored_object(data));
}

std::string save(const state& s) {
  json_writer w;
  w.open('{').member("confirmed", s.is_confirmed).member("timer_gen", s.timer_gen);
  if (s.user_id)
    w.member("user_id", s.user_id);
  return w.close('}').take();
}

state load(std::string_view text) {
  const auto object = stored_object(text);
  state s;
  s.is_confirmed = stored_flag(object, "confirmed");
  s.timer_gen = stored_number(object, "timer_gen");
  if (object.contains("user_id"))
    s.user_id = stored_id(object, "user_id");
  return s;
}

}  // namespace callboard::login
