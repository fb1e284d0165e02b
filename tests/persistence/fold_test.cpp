#include "persistence/fold.hpp"

#include "tests/contract/entity_script.hpp"

#include <gtest/gtest.h>

#include <set>

namespace callboard {
namespace {

/// Projections in memory: what was folded, and in how many transactions.
class memory_projections final : public fold_writer {
 public:
  struct contents {
    std::mutex mutex;
    std::condition_variable changed;
    slice_heads heads{};
    std::vector<event_ptr> journal;
    std::size_t transactions = 0;
    std::set<std::pair<uuid, uuid>> tasks;
  };
  explicit memory_projections(std::shared_ptr<contents> where) : where_(std::move(where)) {}

  result<slice_heads> progress() override { return where_->heads; }
  result<std::vector<event_ptr>> unfolded(const slice_heads& heads, std::size_t limit) override {
    const std::lock_guard lock(where_->mutex);
    std::vector<event_ptr> page;
    for (const auto& event : where_->journal)
      if (event->nr > heads[event->slice] && page.size() < limit)
        page.push_back(event);
    return page;
  }
  fold_status write(const fold_rows& rows, const slice_heads&, const slice_heads& to) override {
    const std::lock_guard lock(where_->mutex);
    for (const auto& [key, there] : rows.tasks)
      if (there)
        where_->tasks.insert(key);
    where_->heads = to;
    ++where_->transactions;
    where_->changed.notify_all();
    return fold_status::written;
  }
  result<void> clear() override { return {}; }

 private:
  std::shared_ptr<contents> where_;
};

class Fold : public testing::Test {
 protected:
  Fold() { folding.start(); }
  ~Fold() override { folding.stop(); }

  void feed_one() {
    auto made = std::make_shared<recorded_event>(
      *script.next_event("task.created.v1", "{}", to_string(make_uuid_v7())));
    made->nr = made->seq;
    {
      const std::lock_guard lock(seen->mutex);
      seen->journal.push_back(made);
    }
    folding.feed({event_ptr(std::move(made))});
  }
  bool folded(std::size_t tasks) {
    std::unique_lock lock(seen->mutex);
    return seen->changed.wait_for(lock, std::chrono::seconds{20}, [&] { return seen->tasks.size() >= tasks; });
  }

  contract::entity_script script{to_string(make_uuid_v7())};
  std::shared_ptr<memory_projections::contents> seen = std::make_shared<memory_projections::contents>();
  fold folding{std::make_unique<memory_projections>(seen), {}};
};

TEST_F(Fold, EventsThatComeOneByOneShareTransactions) {
  constexpr std::size_t count = 2'000;
  for (std::size_t i = 0; i < count; ++i)
    feed_one();
  ASSERT_TRUE(folded(count));
  EXPECT_LT(seen->transactions, count / 20);
}

}  // namespace
}  // namespace callboard
