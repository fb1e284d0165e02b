#include "net/fan_in.hpp"

#include <utility>

namespace callboard::net {
namespace {

struct gathering {
  std::vector<answer> answers;
  std::size_t missing = 0;
  std::function<void(std::vector<answer>&&)> done;
};

}  // namespace

void ask_all(bridge& way, std::vector<std::shared_ptr<envelope>> questions,
             std::function<void(std::vector<answer>&&)> done) {
  if (questions.empty())
    return done({});
  const auto all = std::make_shared<gathering>();
  all->answers.resize(questions.size());
  all->missing = questions.size();
  all->done = std::move(done);
  for (std::size_t i = 0; i < questions.size(); ++i)
    way.ask(std::move(questions[i]), [all, i](answer&& said) {
      all->answers[i] = std::move(said);
      if (--all->missing == 0)
        all->done(std::move(all->answers));
    });
}

}  // namespace callboard::net
