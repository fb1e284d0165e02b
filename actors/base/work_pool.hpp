#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callboard {

/// Named threads for work that blocks (reading the store, hashing passwords), behind a bounded queue.
class work_pool {
 public:
  work_pool(std::string name, unsigned threads, std::size_t queue_max);
  ~work_pool();
  work_pool(const work_pool&) = delete;
  work_pool& operator=(const work_pool&) = delete;

  /// Runs `work` on one of the threads; false: the queue is full or the pool has stopped. Any thread.
  bool run(std::function<void()> work);
  /// Ends the threads after the work they are at; what still waits is dropped. Once.
  void stop();

  const std::string& name() const noexcept { return name_; }
  /// Jobs that ended with an exception.
  std::uint64_t threw() const noexcept { return threw_.load(std::memory_order_relaxed); }

 private:
  void work_loop();
  void do_one(const std::function<void()>& work);

  std::string name_;
  std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopped_ = false;
  std::atomic<std::uint64_t> threw_{0};
  std::vector<std::thread> threads_;
};

}  // namespace callboard
