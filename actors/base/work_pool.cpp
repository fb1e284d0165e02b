#include "actors/base/work_pool.hpp"

#include "actors/base/log.hpp"
#include "actors/base/this_thread.hpp"

#include <exception>
#include <utility>

namespace callboard {

work_pool::work_pool(std::string name, unsigned threads, std::size_t queue_max)
    : name_(std::move(name)), queue_max_(queue_max) {
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([this] { work_loop(); });
}

work_pool::~work_pool() { stop(); }

bool work_pool::run(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_ || queue_.size() >= queue_max_)
      return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void work_pool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable())
      thread.join();
}

void work_pool::work_loop() {
  name_this_thread(name_.c_str());
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (stopped_)
        return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    do_one(work);
  }
}

/// A fault in one job is that job's alone: whoever waits for it has its own deadline.
void work_pool::do_one(const std::function<void()>& work) {
  try {
    return work();
  } catch (const std::exception& thrown) {
    log_event(log_level::error, "pool.job_threw", {{"pool", name_}, {"what", thrown.what()}});
  } catch (...) {
    log_event(log_level::error, "pool.job_threw", {{"pool", name_}, {"what", "no exception of the library"}});
  }
  threw_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace callboard
