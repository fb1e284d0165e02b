#pragma once

#include "actors/base/bytes.hpp"
#include "actors/base/entity_ref.hpp"
#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// The decoded content of a message; each kind has its own (`body_of<list::command>`, …).
struct message_body {
  virtual ~message_body() = default;
};

template <class T>
struct body_of final : message_body {
  explicit body_of(T v) : value(std::move(v)) {}
  T value;
};

template <class T>
std::shared_ptr<const message_body> make_body(T value) {
  return std::make_shared<const body_of<T>>(std::move(value));
}

/// The content as its kind knows it. The kind's own decoder made it, so the type is certain.
template <class T>
const T& body_as(const message_body& body) {
  return static_cast<const body_of<T>&>(body).value;
}

/// By which a repeated command is recognised (DESIGN.md section 4, Repeats).
struct repeat_key {
  std::array<std::uint8_t, 16> key_hash{};
  std::array<std::uint8_t, 16> body_hash{};
};

/// For whom a command's outcome is kept beside its events.
enum class outcome_kept : std::uint8_t {
  for_repeats,  ///< with a key: for the same command sent again
  if_applied,   ///< also for whoever asks by its id, unless it was refused
  always,       ///< refusals too
};

struct answer;
struct envelope;
using envelope_ptr = std::shared_ptr<const envelope>;

/// One answer on its way back to whoever asked.
struct addressed_answer;

/// Where answers arrive: an edge thread, the outbox, a test. Outlives the runtime.
class answer_sink {
 public:
  virtual ~answer_sink() = default;
  /// Takes answers in order; called from any thread, must not block, must not throw.
  virtual void deliver(std::vector<addressed_answer>&& answers) noexcept = 0;
};

/// What a message asks of its entity.
enum class message_role : std::uint8_t {
  command,    ///< decide, maybe change
  query,      ///< read
  subscribe,  ///< may this principal follow the stream, and from what state
};

/// Addressing and metadata around one decoded message. Immutable once sent.
struct envelope {
  entity_ref to;
  message_role role = message_role::command;
  std::string type;  ///< `task.create`, `list.get`, `timer.fired`, …
  std::shared_ptr<const message_body> body;
  principal who;
  uuid op_id;                        ///< the command's id; nil for queries
  std::optional<repeat_key> repeat;  ///< present when the outcome is to be remembered
  outcome_kept kept = outcome_kept::for_repeats;  ///< beyond for_repeats `repeat` is present
  bool client_op_id = false;         ///< the client chose op_id (async lookup by it)
  std::optional<std::uint64_t> if_rev;    ///< If-Match as a number
  bool if_any = false;                    ///< If-Match: *
  bool if_none_match_any = false;         ///< If-None-Match: *
  std::optional<std::uint64_t> base_rev;  ///< per-field precondition
  std::string request_id, trace_id, ip;
  steady_time deadline{};
  std::size_t bytes = 0;  ///< size of the request as it came, for admission
  /// For `timer.fired`: which timer, so that its row goes away in the same commit.
  std::optional<std::pair<std::string, std::uint64_t>> firing;

  answer_sink* reply_to = nullptr;  ///< null: nobody waits
  std::uint64_t correlation = 0;    ///< chosen by reply_to, echoed
};

/// What an entity says to a message. With `problem` nothing was changed (`outcome_unknown` apart).
struct answer {
  std::optional<refusal> problem{};
  bool outcome_unknown = false;       ///< with a problem: the write may have happened
  std::uint16_t status = 200;         ///< 200, 201 or 204
  std::uint64_t seq = 0;              ///< the entity's position that this answer saw
  std::optional<std::uint64_t> etag{};  ///< number within the strong ETag, if the thing has one
  text_pieces body{};                 ///< JSON; empty for 204
  std::vector<std::string> resources{};  ///< paths to fetch; the first is Location of a 201
  bool replayed = false;              ///< the stored outcome of an earlier, equal command
  bool kept = false;                  ///< committed under its command's id: refused or not, it was accepted
};

struct addressed_answer {
  std::uint64_t correlation = 0;
  answer content;
};

inline answer refused(refusal why) {
  answer a;
  a.status = info(why.code).status;
  a.problem = std::move(why);
  return a;
}

}  // namespace callboard
