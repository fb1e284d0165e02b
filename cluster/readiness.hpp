#pragma once

#include "actors/ports/store.hpp"
#include "cluster/periodic.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace callboard::cluster {

/// Knows whether the node may receive traffic: asks the store every second on a thread of its own, so that the question
/// itself never waits.
class readiness {
 public:
  explicit readiness(store& journal);

  void set_draining() noexcept { draining_ = true; }

  /// `{"status":"ready"|"unavailable"|"draining","checks":{…}}`; true: ready. Any thread.
  bool check(std::string& details) const;

 private:
  void ask();

  store& journal_;
  std::atomic<bool> draining_{false};
  std::atomic<std::int64_t> last_ok_ms_;  ///< on the monotonic clock
  mutable std::mutex mutex_;
  std::string last_error_;  // guarded by mutex_
  periodic asking_;         // last: it uses all the rest
};

}  // namespace callboard::cluster
