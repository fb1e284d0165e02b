#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/store.hpp"

#include <string>
#include <string_view>

namespace callboard::runtime {

/// The stored form of an answer, for repeats. When the body is exactly the data of the event at `answer.seq` only that is
/// noted, and the body is read from the journal again.
std::string encode_outcome(const answer& reply, bool body_is_event_data);

struct stored_answer {
  answer reply;                  ///< without its body if body_is_event_data
  bool body_is_event_data = false;
};
result<stored_answer> decode_outcome(const outcome_row& row);

}  // namespace callboard::runtime
