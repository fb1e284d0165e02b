#pragma once

#include "actors/base/bytes.hpp"
#include "actors/base/effect.hpp"
#include "actors/base/envelope.hpp"
#include "actors/base/event.hpp"
#include "actors/base/refusal.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// An event as its kind decided and encoded it, before the host numbers and hashes it.
struct event_draft {
  std::string type;     ///< wire name with version
  std::string part_id;  ///< id of the part it is about; empty: the entity itself
  shared_text data;     ///< API.md section 20: whole object or changed members
  std::string old;      ///< JSON object with former values of changed members, or empty
};

/// What a command led to. The state has already evolved; nothing leaves before the events are committed.
struct decision {
  std::vector<event_draft> events;  ///< empty: the command changes nothing
  answer reply;
  std::vector<timer_op> timers;
  std::vector<outbox_message> outbox;
  std::vector<revocation> revocations;
};

/// What a subscriber starts from.
struct stream_start {
  std::uint64_t seq = 0;
  /// Snapshot parts: each the members of `snap.data` as JSON text in pieces; shared by all who ask at one seq.
  std::shared_ptr<const std::vector<text_pieces>> parts;
};

/// The state of one moment, encoded later and on any thread; `encode` is called once.
struct frozen_state {
  std::size_t bytes = 0;  ///< about as long as what it encodes to
  std::function<std::string()> encode;
};

/// One entity's state and rules, type-erased. Not thread-safe: its host calls it from one turn at a time.
/// Deterministic: time and ids are arguments.
class aggregate {
 public:
  virtual ~aggregate() = default;

  /// Decides a command and evolves at once. A refusal changed nothing.
  virtual result<decision> decide(const envelope& command, timestamp now) = 0;

  /// Answers a query from the present state.
  virtual answer ask(const envelope& query, timestamp now) const = 0;

  /// May this principal follow the stream? `with_snapshot`: also render the state.
  virtual result<stream_start> subscribe(const principal& who, bool with_snapshot) const = 0;

  /// Applies one event of the journal; unknown types and data are our own bug or damage, and throw.
  virtual void replay(const recorded_event& event) = 0;

  /// The state as bytes, and back. `restore` is called on a fresh aggregate only.
  virtual std::string snapshot() const = 0;
  /// The same without the time that encoding takes; kinds whose state may be large share its parts.
  virtual frozen_state freeze() const {
    auto text = std::make_shared<std::string>(snapshot());
    return {text->size(), [text] { return std::move(*text); }};
  }
  virtual result<void> restore(std::string_view bytes) = 0;

  /// Number of the last event applied; 0: the entity does not exist yet.
  virtual std::uint64_t seq() const noexcept = 0;

  /// Roughly what the state takes in memory, for the inspector and passivation.
  virtual std::size_t state_bytes() const noexcept = 0;
};

/// All the runtime and the edges need to know of a kind; one row each in actors/kinds.cpp.
struct kind_descriptor {
  entity_kind kind;
  /// A fresh aggregate for an id.
  std::unique_ptr<aggregate> (*make)(const entity_ref& ref);
  /// Decodes a command's args (API.md section 20): shape errors name pointers below args. Nothing is changed.
  /// `timer.fired` and outbox types are decoded here too.
  result<std::shared_ptr<const message_body>> (*decode)(std::string_view type, const boost::json::value& args);
};

}  // namespace callboard
