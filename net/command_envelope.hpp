#pragma once

#include "actors/base/envelope.hpp"
#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/uuid.hpp"
#include "net/rate_limits.hpp"

#include <boost/json/fwd.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace callboard::net {

class bridge;
class write_log;

/// A write as any edge takes it: an HTTP request, an item of /v1/commands, a `cmd` frame.
struct command_call {
  std::string type;                           ///< of command_types()
  uuid list;                                  ///< the stream `list:<id>`; nil only for list.create: the id is made
  std::shared_ptr<boost::json::object> args;  ///< API.md section 20, `args`
  principal who;
  uuid op_id;                                 ///< nil: one is made
  bool client_op_id = false;                  ///< op_id is a client's `Command-Id` or `cmd.op_id`
  bool keyed = false;                         ///< op_id comes from an Idempotency-Key
  outcome_kept kept = outcome_kept::for_repeats;
  std::optional<std::uint64_t> if_rev, base_rev;
  bool if_any = false, if_none_match_any = false;
  bool needs_precondition = false;            ///< without any of the three above: 428
  std::string request_id, trace_id, ip;
  std::size_t bytes = 0;
  /// What the client said, for recognising a repeat; set by the sender.
  std::optional<std::array<std::uint8_t, 16>> content_hash;
};

/// What became of a command, and where.
struct command_outcome {
  uuid op_id;
  entity_ref entity;
  answer content;
  std::optional<rate_verdict> rate{};  ///< of the bucket that refused it
};

/// A command that only has to be told to its entity, or (with a problem) cannot be.
struct prepared_command {
  command_outcome outcome;            ///< without a problem: to be completed by the answer
  std::shared_ptr<envelope> message;  ///< null with a problem
  uuid list;
};

struct command_type {
  std::string_view name;
  scope needed;
};

/// Every command a client may send.
std::span<const command_type> command_types() noexcept;

/// The list of `list:<id>`; any other text is a refusal.
result<uuid> list_of_stream(std::string_view stream);

/// `scope_missing` (with the scope named) unless the principal may send such commands.
result<void> check_scope(const principal& who, scope needed);

/// A digest of args that does not depend on the order of members.
std::array<std::uint8_t, 16> body_hash(std::string_view type, const boost::json::object& args);

/// Builds the envelope of a command whose args its kind accepts as they are. Ids of new things are filled in.
result<std::shared_ptr<envelope>> command_envelope(command_call& call);

/// Turns calls into envelopes, with what the edge must ask first (a member's user, a maker's name). One a thread.
class command_sender {
 public:
  using callback = std::function<void(command_outcome&&)>;

  /// `lookups` bounds how often a user may name others by address; null: not at all.
  command_sender(bridge& way, write_log& log, rate_limits* lookups) : way_(way), log_(log), lookups_(lookups) {}

  /// `done` is called once on the loop's thread, now or later: shape errors, refusals and answers alike.
  void send(command_call call, callback done);

  // The same in two steps, for several commands of which all or none are to be told.
  using prepared_callback = std::function<void(prepared_command&&)>;
  void prepare(command_call call, prepared_callback then);
  void tell(prepared_command command, callback done);

 private:
  void complete(command_call&& call, prepared_callback then);
  void name_maker(command_call&& call, prepared_callback then);
  void resolve_member(command_call&& call, prepared_callback then);
  void unknown_member(command_call&& call, std::string field, prepared_callback then);

  bridge& way_;
  write_log& log_;
  rate_limits* lookups_;
};

}  // namespace callboard::net
