#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"

namespace callboard::net::api {
namespace {

result<past_moment> read_moment(const query_values& query) {
  past_moment moment;
  const auto seq = query.number("at_seq");
  if (!seq)
    return seq.error();
  moment.seq = *seq;
  if (const auto* text = query.find("at")) {
    moment.at = parse_rfc3339(*text);
    if (!moment.at)
      return refuse_parameter("at", "must be an RFC 3339 time");
  }
  if (moment.seq && moment.at)
    return refuse_parameter("at", "give at or at_seq, not both");
  return moment;
}

}  // namespace

void show_list_part(api_context& c, const exchange_ptr& x, const uuid& list, list::query q, bool include_deleted) {
  const auto moment = read_moment(x->query);
  if (!moment)
    return c.refuse(*x, moment.error());
  if (!moment->given())
    return c.show(x, to_list(list, std::move(q)));
  // Today's list judges who asks, and says what has been purged since.
  c.ask_reached(x, to_list(list, list::get_standing{include_deleted}),
                [&c, x, list, q = std::move(q), moment = *moment](answer&& said) {
    auto now = list::read_standing(said);
    if (!now)
      return c.refuse(*x, now.error());
    c.past.read(list, moment, std::move(*now), [&c, x, q](result<list::past_list> past) -> std::function<void()> {
      auto then = past ? list::ask(*past, q, x->who) : refused(past.error());
      return [&c, x, then = std::move(then)]() mutable { c.reply(*x, std::move(then)); };
    });
  });
}

}  // namespace callboard::net::api
