#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace callboard::cluster {

/// Does something again and again on a thread of its own, at once and then after each pause, until it is destroyed.
class periodic {
 public:
  using milliseconds = std::chrono::milliseconds;

  periodic(milliseconds pause, std::function<void()> work)
      : periodic(pause, pause, [work = std::move(work)] {
          work();
          return false;
        }) {}
  /// Work that says whether there is more to do is done again after the short pause.
  periodic(milliseconds pause, milliseconds short_pause, std::function<bool()> work)
      : pause_(pause), short_pause_(short_pause), work_(std::move(work)), thread_([this] { run(); }) {}
  ~periodic() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  periodic(const periodic&) = delete;
  periodic& operator=(const periodic&) = delete;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const bool more = work_();
      lock.lock();
      wake_.wait_for(lock, more ? short_pause_ : pause_, [this] { return stopping_; });
    }
  }

  const milliseconds pause_, short_pause_;
  const std::function<bool()> work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;     // last: it starts with all the rest in place
};

}  // namespace callboard::cluster
