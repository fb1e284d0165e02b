#pragma once

#include "actors/base/envelope.hpp"
#include "actors/base/log.hpp"

#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace callboard::runtime {

/// What `work` answers, for the readers' pool: an exception becomes an answer too, since an actor that waits for one that
/// never comes would wait for ever.
template <class Answer, class Work>
Answer guarded(std::string_view doing, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& thrown) {
    log_event(log_level::error, "store.read_threw", {{"doing", doing}, {"what", thrown.what()}});
    auto why = refuse(problem_code::internal, "the store could not be read");
    if constexpr (std::is_same_v<Answer, answer>)
      return refused(std::move(why));
    else
      return why;
  }
}

}  // namespace callboard::runtime
