#include "net/api/list_questions.hpp"
#include "net/fan_in.hpp"

#include <algorithm>

namespace callboard::net::api {
namespace {

constexpr std::chrono::milliseconds unasked_wait{250};
constexpr std::chrono::milliseconds asked_wait{2000};
constexpr std::chrono::milliseconds pause{10};

/// One wait for positions to be folded.
struct folding {
  std::vector<write_log::list_position> wanted;
  bool asked = false;
  steady_time until{};
  std::function<void()> then;
};

void look(api_context& c, const exchange_ptr& x, const std::shared_ptr<folding>& f) {
  auto& lists = c.parts.lists;
  c.read(x, [&c, &lists, x, f]() -> std::function<void()> {
    refusal failure;
    bool failed = false;
    std::erase_if(f->wanted, [&](const write_log::list_position& p) {
      const auto there = lists.folded(p.list, p.seq);
      if (!there) {
        failed = true;
        failure = there.error();
      }
      return there && *there;
    });
    return [&c, x, f, failed, failure] {
      if (f->wanted.empty())
        return f->then();
      if (failed && f->asked)
        return c.refuse(*x, failure);
      if (std::chrono::steady_clock::now() < f->until)
        return c.parts.loop.after(pause, [&c, x, f] { look(c, x, f); });
      if (f->asked)
        return c.refuse(*x, refuse(problem_code::projection_lag, "the position is not visible yet"));
      f->then();
    };
  });
}

/// Runs `then` if the caller may see every list that Callboard-Min-Seq names: how far a stranger's list has come is
/// nobody's business. What was acknowledged to him just now may be gone already.
void if_visible(api_context& c, const exchange_ptr& x, const std::vector<write_log::list_position>& acknowledged,
                std::function<void()> then) {
  std::vector<std::shared_ptr<envelope>> questions;
  for (const auto& position : x->min->lists)
    if (std::none_of(acknowledged.begin(), acknowledged.end(), [&](const auto& a) { return a.list == position.list; }))
      questions.push_back(question_of(*x, position.list, list::get_list{.include_deleted = true}));
  if (questions.empty())
    return then();
  ask_all(c.way, std::move(questions), [&c, x, then = std::move(then)](std::vector<answer>&& answers) {
    for (const auto& said : answers)
      if (said.problem)
        return c.refuse(*x, *said.problem);
    then();
  });
}

}  // namespace

void once_folded(api_context& c, const exchange_ptr& x, std::function<void()> then) {
  const auto now = std::chrono::steady_clock::now();
  const auto f = std::make_shared<folding>();
  f->wanted = c.parts.shared.writes.lists_of(x->who.user, now);
  const auto acknowledged = f->wanted;
  f->asked = x->min && !x->min->lists.empty();
  if (f->asked)
    for (const auto& position : x->min->lists)
      f->wanted.push_back({position.list, position.seq});
  if (f->wanted.empty())
    return then();
  f->until = now + (f->asked ? asked_wait : unasked_wait);
  f->then = std::move(then);
  if (!f->asked)
    return look(c, x, f);
  if_visible(c, x, acknowledged, [&c, x, f] { look(c, x, f); });
}

void append_next_link(http_response& out, const exchange& x, const std::string& cursor) {
  std::string link = "<";
  link.append(x.path).append("?");
  for (std::string_view rest = x.query_text; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!item.empty() && !item.starts_with("cursor="))
      link.append(item).append("&");
  }
  link.append("cursor=").append(cursor).append(">; rel=\"next\"");
  out.headers.emplace_back("Link", std::move(link));
}

}  // namespace callboard::net::api
