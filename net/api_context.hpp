#pragma once

#include "actors/base/envelope.hpp"
#include "actors/list/list_read_model.hpp"
#include "net/api_dependencies.hpp"
#include "net/authenticator.hpp"
#include "net/bridge.hpp"
#include "net/command_envelope.hpp"
#include "net/cors.hpp"
#include "net/exchange.hpp"
#include "net/list_past.hpp"
#include "net/problem.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace callboard::net {

/// What the handlers of one edge thread share, and the only place where answers are made. Loop thread only.
class api_context {
 public:
  using answer_callback = std::function<void(answer&&)>;

  explicit api_context(api_dependencies dependencies);

  const api_dependencies parts;
  bridge way;
  list_past past;
  command_sender commands;
  authenticator tokens;
  cors_policy cors;

  // -- answers: each ends the exchange ----------------------------------------------------------------------------
  void refuse(exchange& x, const refusal& why, bool outcome_unknown = false);
  /// An entity's answer to a read: ETag, 304, body.
  void reply(exchange& x, answer&& content);
  /// An entity's answer to a write, with the headers of API.md sections 1 and 20.
  void reply_written(exchange& x, command_outcome&& outcome);
  /// The same for a write that may be answered 202: the real answer where the caller would wait for it.
  void reply_accepted(exchange& x, command_outcome&& outcome);
  /// Tells the user's sockets what became of a command that was answered 202.
  void command_done(const uuid& user, const command_outcome& outcome);
  /// Text of our own making.
  void reply_json(exchange& x, std::uint16_t status, std::string json);
  void send(exchange& x, http_response&& out);

  // -- asking -----------------------------------------------------------------------------------------------------
  /// Completes and sends a message on the caller's behalf; `then` runs on the loop's thread.
  void ask(const exchange_ptr& x, envelope&& message, answer_callback then);
  /// The same, as the server itself.
  void ask_as_system(const exchange_ptr& x, envelope&& message, answer_callback then);
  /// Asks a list and answers with what it says, once it has reached Callboard-Min-Seq.
  void show(const exchange_ptr& x, envelope&& message);
  /// The same with an answer that only `then` can read; refusals are answered here.
  void ask_reached(const exchange_ptr& x, envelope&& message, answer_callback then);
  /// Sends a command of the caller to a list and answers with its outcome.
  void command(const exchange_ptr& x, std::string type, const uuid& list, std::shared_ptr<boost::json::object> args);
  /// Runs `work` on the readers' pool and what it returns on the loop's thread; a full pool refuses the exchange.
  void read(const exchange_ptr& x, std::function<std::function<void()>()> work);
  /// Takes one from a bucket of the exchange's rate; false: it has been answered 429.
  bool admit(exchange& x, const rate_policy& policy, std::string_view key);

 private:
  void ask_until(const exchange_ptr& x, std::shared_ptr<envelope> message, std::uint64_t least, steady_time until,
                 answer_callback then);
  void complete(const exchange& x, envelope& message) const;
};

/// A body or, where none came, an empty object; never null.
std::shared_ptr<boost::json::object> body_or_empty(const exchange& x);

/// The JSON object in an entity's answer; its refusal, if it is one.
result<boost::json::object> object_in(const answer& said);

}  // namespace callboard::net
