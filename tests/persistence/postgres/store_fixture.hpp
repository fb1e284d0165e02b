#pragma once

#include "persistence/postgres/postgres_store.hpp"
#include "tests/persistence/postgres/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace callboard::test {

inline event_ptr make_event(const entity_ref& ref, std::uint64_t seq, std::string data = "{}") {
  auto event = std::make_shared<recorded_event>();
  event->entity = std::make_shared<const entity_ref>(ref);
  event->slice = slice_of(ref);
  event->seq = seq;
  event->epoch = 1;
  event->type = "thing.changed.v1";
  event->data = share(std::move(data));
  event->actor_id = "someone";
  event->at = timestamp{std::chrono::milliseconds{1'700'000'000'123 + static_cast<std::int64_t>(seq)}};
  return event;
}

inline std::shared_ptr<activation> make_owner(std::string id) {
  auto owner = std::make_shared<activation>();
  owner->ref = {entity_kind::session, std::move(id)};
  return owner;
}

inline lane_item make_item(const std::shared_ptr<activation>& owner, std::uint64_t seq) {
  lane_item item;
  item.owner = owner;
  item.events = {make_event(owner->ref, seq)};
  item.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  return item;
}

/// Counts what the lane tells.
class recording_listener final : public commit_listener {
 public:
  void committed(std::vector<lane_item>&& items) noexcept override { note(committed_, items.size()); }
  void failed(std::vector<lane_item>&& items, append_failure) noexcept override { note(failed_, items.size()); }
  void fenced() noexcept override { note(fenced_, 1); }

  bool wait_for(std::size_t committed, std::size_t failed = 0, std::size_t fenced = 0) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{40}, [&] {
      return committed_ >= committed && failed_ >= failed && fenced_ >= fenced;
    });
  }
  std::size_t failures() {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  void note(std::size_t& counter, std::size_t count) {
    const std::lock_guard lock(mutex_);
    counter += count;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t committed_ = 0, failed_ = 0, fenced_ = 0;
};

inline store_settings settings_for(const std::string& url, std::string node = "n1") {
  store_settings settings;
  settings.url = url;
  settings.node_id = std::move(node);
  settings.readers = 2;
  return settings;
}

/// Skips without a server.
class postgres_test : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_postgres())
      GTEST_SKIP() << "no server: run under tests/run-with-postgres";
    database.emplace();
  }
  std::optional<test_database> database;
};

}  // namespace callboard::test
