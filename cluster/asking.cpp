#include "cluster/asking.hpp"

#include <future>
#include <memory>
#include <mutex>

namespace callboard::cluster {
namespace {

/// Waits for one answer. It stays alive until the answer came, however late: the asked entity holds its address.
class one_answer final : public answer_sink {
 public:
  static std::future<answer> of(std::shared_ptr<one_answer> sink) {
    auto future = sink->promise_.get_future();
    sink->self_ = std::move(sink);
    return future;
  }
  void deliver(std::vector<addressed_answer>&& answers) noexcept override {
    promise_.set_value(std::move(answers.front().content));
    const auto last = std::move(self_);
  }

 private:
  std::promise<answer> promise_;
  std::shared_ptr<one_answer> self_;
};

}  // namespace

answer ask(entities& target, envelope message, std::chrono::milliseconds patience) {
  auto sink = std::make_shared<one_answer>();
  message.reply_to = sink.get();
  message.who = system_principal();
  if (message.role == message_role::command && message.op_id.is_nil())
    message.op_id = make_uuid_v7();
  message.deadline = std::chrono::steady_clock::now() + patience;
  message.bytes = 256;
  auto future = one_answer::of(std::move(sink));
  target.tell(std::make_shared<const envelope>(std::move(message)));
  // The entity answers by its deadline; a little more for the way back.
  if (future.wait_for(patience + std::chrono::seconds{2}) != std::future_status::ready)
    return refused(refuse(problem_code::overloaded, "the entity did not answer in time"));
  return future.get();
}

}  // namespace callboard::cluster
