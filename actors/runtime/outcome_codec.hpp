#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/entities.hpp"
#include "actors/ports/store.hpp"

#include <string>
#include <string_view>

namespace callboard::runtime {

/// The stored form of an answer, for repeats. When the body is exactly the data of the event at `answer.seq` only that is
/// noted, and the body is read from the journal again. `as_command`: its type and stream are noted too, for decode_command().
std::string encode_outcome(const answer& reply, bool body_is_event_data, const envelope* as_command = nullptr);

struct stored_answer {
  answer reply;                  ///< without its body if body_is_event_data
  bool body_is_event_data = false;
};
result<stored_answer> decode_outcome(const outcome_row& row);

/// A row that carries its command's id, as whoever asks by it is told.
result<finished_command> decode_command(const outcome_row& row);

}  // namespace callboard::runtime
