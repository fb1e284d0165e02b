#include "actors/runtime/host_answers.hpp"

#include "actors/runtime/outcome_codec.hpp"

namespace callboard::runtime {

refusal still_running() {
  return refuse(problem_code::idempotency_in_progress, "the same request is still running; try again");
}

refusal other_content() {
  return refuse(problem_code::idempotency_mismatch, "the key was used for a request with other content");
}

refusal not_visible_yet() {
  return refuse(problem_code::journal_unavailable, "the first outcome is not visible yet; try again");
}

refusal store_is_away() {
  return refuse(problem_code::journal_unavailable, "the store has not answered for 5 s; try again");
}

std::optional<answer> verdict_on(append_failure why, int bad_rows) {
  switch (why) {
    case append_failure::bad_row:
      if (bad_rows < 2)
        return std::nullopt;
      return refused(refuse(problem_code::internal, "the store refused the change"));
    case append_failure::duplicate_outcome: return std::nullopt;
    case append_failure::expired:
    case append_failure::unavailable:
      return refused(refuse(problem_code::journal_unavailable, "the store did not take the change in time; try again"));
    case append_failure::unknown: {
      auto reply = refused(refuse(problem_code::journal_unavailable,
                                  "the store did not say whether it took the change; repeat it under the same key"));
      reply.outcome_unknown = true;
      return reply;
    }
  }
  return std::nullopt;
}

answer stored_answer_of(store& journal, const entity_ref& ref, const envelope& message, answer if_none) {
  auto row = journal.find_outcome(ref, message.who.user, message.repeat->key_hash);
  if (!row)
    return refused(row.error());
  if (!*row)
    return if_none;
  if ((*row)->body_hash != message.repeat->body_hash)
    return refused(other_content());
  auto stored = decode_outcome(**row);
  if (!stored)
    return refused(stored.error());
  if (stored->body_is_event_data) {
    auto events = journal.events(ref, stored->reply.seq - 1, 1);
    if (!events)
      return refused(events.error());
    if (!events->empty())
      stored->reply.body.push_back(events->front()->data);
  }
  return std::move(stored->reply);
}

}  // namespace callboard::runtime
