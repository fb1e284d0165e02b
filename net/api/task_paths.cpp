#include "actors/base/json_writer.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/fan_in.hpp"

#include <algorithm>

namespace callboard::net::api {
namespace {

/// Keeps the lists that, asked now, hold the task for this caller, and settles what the flat path means.
void settle(api_context& c, const exchange_ptr& x, const uuid& task, std::vector<uuid> lists,
            const std::function<void(const uuid&)>& then) {
  std::vector<std::shared_ptr<envelope>> questions;
  for (const auto& list : lists)
    questions.push_back(question_of(*x, list, list::get_task{task, true}));
  ask_all(c.way, std::move(questions), [&c, x, task, lists, then](std::vector<answer>&& answers) {
    std::vector<uuid> holders;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].problem)
        holders.push_back(lists[i]);
      else if (answers[i].problem->code != problem_code::not_found)
        return c.refuse(*x, *answers[i].problem);
    }
    if (holders.size() == 1)
      return then(holders.front());
    if (holders.empty())
      return c.refuse(*x, refuse(problem_code::not_found, "there is nothing here"));
    json_writer w;
    w.key("candidates").open('[');
    for (const auto& list : holders)
      w.value("/v1/lists/" + to_string(list) + "/tasks/" + to_string(task));
    c.refuse(*x, refusal{problem_code::conflict, "several lists hold this id", {}, w.close(']').take()});
  });
}

}  // namespace

void locate_task(api_context& c, const exchange_ptr& x, const uuid& task, std::function<void(const uuid& list)> then) {
  auto recent = c.parts.shared.writes.lists_with(task, std::chrono::steady_clock::now());
  c.read(x, [&c, x, task, recent = std::move(recent), then = std::move(then)]() -> std::function<void()> {
    auto found = c.parts.lists.locate_task(x->who.user, task);
    return [&c, x, task, recent, then, found = std::move(found)] {
      if (!found)
        return c.refuse(*x, found.error());
      auto lists = *found;
      const bool surely_his = lists.size() == 1;
      for (const auto& list : recent)
        if (std::find(lists.begin(), lists.end(), list) == lists.end())
          lists.push_back(list);
      // One list, surely his: its own answer to the request decides. What is known from recent writes alone may be a
      // stranger's, and a request that is wrong besides must not tell him that the id exists.
      if (surely_his && lists.size() == 1)
        return then(lists.front());
      settle(c, x, task, std::move(lists), then);
    };
  });
}

}  // namespace callboard::net::api
