#pragma once

#include "persistence/maintenance.hpp"
#include "tests/contract/commit_recorder.hpp"
#include "tests/contract/entity_script.hpp"
#include "tests/contract/store_home.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace callboard::contract {

/// Each test has a fresh store, opened and started.
class store_contract : public testing::TestWithParam<store_factory> {
 protected:
  void SetUp() override {
    home = GetParam().make();
    open();
  }
  void TearDown() override { close(); }

  void open() {
    heard = std::make_unique<commit_recorder>();
    auto opened = open_store(home->settings());
    ASSERT_TRUE(opened) << opened.error().detail;
    store = std::move(*opened);
    store->start(*heard);
  }
  void close() {
    if (store)
      store->stop();
    store.reset();
  }
  void reopen() {
    close();
    open();
  }

  void submit(lane_item&& item) {
    const auto slice = item.owner ? slice_of(item.owner->ref) : std::uint16_t{0};
    store->lane_of(slice).submit(std::move(item));
    ++submitted;
  }
  testing::AssertionResult settled() {
    return heard->wait_for(submitted) ? testing::AssertionSuccess()
                                      : testing::AssertionFailure() << "the lane did not settle";
  }
  /// Waits until the fold has taken in the list up to `seq`.
  testing::AssertionResult folded(const uuid& list, std::uint64_t seq) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < until) {
      if (auto done = store->lists().folded(list, seq); done && *done)
        return testing::AssertionSuccess();
      std::this_thread::yield();
    }
    return testing::AssertionFailure() << "the fold did not arrive";
  }

  std::unique_ptr<store_home> home;
  std::unique_ptr<commit_recorder> heard;
  std::unique_ptr<store_backend> store;
  std::size_t submitted = 0;
};

}  // namespace callboard::contract
