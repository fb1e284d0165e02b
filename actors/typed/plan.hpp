#pragma once

#include "actors/base/effect.hpp"
#include "actors/base/envelope.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// What a decision may look at beside the state and the command's own content.
struct decide_context {
  const entity_ref& self;
  const envelope& command;
  std::uint64_t seq;  ///< last event so far; the next one is seq + 1
  timestamp now;
};

/// What an event brings beside its content; the same when it is decided and when it is replayed.
struct happening {
  std::uint64_t seq = 0;
  timestamp at{};
  uuid op_id;
};

/// What a kind decided, before it is encoded.
template <class Event>
struct plan {
  std::vector<Event> events{};
  std::vector<timer_op> timers{};
  std::vector<outbox_message> outbox{};
  std::uint16_t status = 204;
  std::string outcome{};  ///< a word for the reply, where a kind has several good ends
};

/// An answer with a JSON body.
inline answer json_answer(std::string body, std::uint16_t status = 200) {
  answer out;
  out.status = status;
  out.body.push_back(share(std::move(body)));
  return out;
}

/// A query where a command is due, or the other way round: the caller mixed them up.
inline refusal refuse_role() {
  return refuse(problem_code::bad_request, "command and query were mixed up");
}

/// A message to an entity, still without principal, deadline and answer address.
template <class Message, class T>
envelope make_envelope(entity_ref to, T content) {
  envelope out;
  out.to = std::move(to);
  out.role = T::role;
  out.type = T::type;
  out.body = make_body(Message(std::move(content)));
  return out;
}

/// Several lambdas as one visitor.
template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

}  // namespace callboard
