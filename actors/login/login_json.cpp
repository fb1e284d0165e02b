#include "actors/login/login_json.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/typed/args_reader.hpp"
#include "actors/typed/stored_json.hpp"

#include <boost/json.hpp>

namespace callboard::login {
namespace {

struct reader {
  std::string_view type;
  message (*read)(args_reader&);
};

constexpr reader readers[] = {
  {reserve::type, [](args_reader& in) { return message(reserve{in.id("user_id")}); }},
  {confirm::type, [](args_reader& in) { return message(confirm{in.id("user_id")}); }},
  {release::type, [](args_reader& in) { return message(release{in.id("user_id")}); }},
  {timer_fired::type,
   [](args_reader& in) {
     return message(timer_fired{in.text("name"), in.number("gen")});
   }},
  {find::type, [](args_reader&) { return message(find{}); }},
};

}  // namespace

result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args) {
  for (const auto& row : readers)
    if (row.type == type) {
      args_reader in(args);
      auto content = row.read(in);
      if (auto ok = in.finish(); !ok)
        return ok.error();
      return make_body(std::move(content));
    }
  return refuse_field("/type", "enum", "is no message of a login");
}

event_draft encode(const event& e) {
  return std::visit(
    [](const auto& x) {
      json_writer w;
      w.open('{').member("user_id", x.user_id).close('}');
      return event_draft{std::string(x.wire_name), {}, share(w.take()), {}};
    },
    e);
}

event decode_event(std::string_view type, std::string_view data) {
  const auto user = stored_id(stored_object(data), "user_id");
  if (type == reserved::wire_name)
    return reserved{user};
  if (type == confirmed::wire_name)
    return confirmed{user};
  if (type == released::wire_name)
    return released{user};
  if (type == lapsed::wire_name)
    return lapsed{user};
  throw_unknown_event(type);
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
  s.is_confirmed = object.at("confirmed").as_bool();
  s.timer_gen = stored_number(object, "timer_gen");
  if (object.contains("user_id"))
    s.user_id = stored_id(object, "user_id");
  return s;
}

}  // namespace callboard::login
