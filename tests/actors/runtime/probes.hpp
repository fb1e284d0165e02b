#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace callboard::test {

/// Waits until `holds`, asking again every millisecond, for ten seconds at most.
inline bool eventually(const std::function<bool()>& holds) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < limit) {
    if (holds())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return holds();
}

/// Collects answers by correlation.
class answer_probe final : public answer_sink {
 public:
  void deliver(std::vector<addressed_answer>&& answers) noexcept override {
    std::lock_guard lock(mutex_);
    for (auto& one : answers) {
      order_.push_back(one.correlation);
      answers_[one.correlation] = std::move(one.content);
    }
  }
  bool has(std::uint64_t correlation) {
    std::lock_guard lock(mutex_);
    return answers_.contains(correlation);
  }
  std::optional<answer> get(std::uint64_t correlation) {
    std::lock_guard lock(mutex_);
    const auto at = answers_.find(correlation);
    return at == answers_.end() ? std::nullopt : std::optional<answer>(at->second);
  }
  std::vector<std::uint64_t> order() {
    std::lock_guard lock(mutex_);
    return order_;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, answer> answers_;
  std::vector<std::uint64_t> order_;
};

/// Collects what a stream tells, in order.
class stream_probe final : public stream_sink {
 public:
  void deliver(std::vector<stream_notice>&& notices) noexcept override {
    std::lock_guard lock(mutex_);
    for (auto& one : notices)
      notices_.push_back(std::move(one));
  }
  std::vector<stream_notice> all() {
    std::lock_guard lock(mutex_);
    return notices_;
  }
  std::optional<stream_started> started(std::uint64_t token) {
    for (auto& one : all())
      if (auto* s = std::get_if<stream_started>(&one); s && s->token == token)
        return *s;
    return std::nullopt;
  }
  std::vector<std::uint64_t> event_seqs() {
    std::vector<std::uint64_t> seqs;
    for (auto& one : all())
      if (auto* events = std::get_if<stream_events>(&one))
        for (const auto& item : events->items)
          seqs.push_back(item.event->seq);
    return seqs;
  }

 private:
  std::mutex mutex_;
  std::vector<stream_notice> notices_;
};

}  // namespace callboard::test
