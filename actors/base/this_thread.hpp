#pragma once

#include <pthread.h>
#include <sched.h>

namespace callboard {

/// Names the calling thread for `top -H`, profilers and debuggers; at most 15 characters.
inline void name_this_thread(const char* name) noexcept { pthread_setname_np(pthread_self(), name); }

/// Waking the calling thread does not interrupt whoever runs: for work that gains from being done in batches.
inline void batch_this_thread() noexcept {
  const sched_param none{};
  pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

}  // namespace callboard
