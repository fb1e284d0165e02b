#pragma once

#include "net/api_dependencies.hpp"
#include "net/http_message.hpp"
#include "net/stream_table.hpp"

#include <functional>
#include <memory>
#include <string>

namespace callboard::net {

class api_context;
class router;
struct command_call;
struct command_outcome;
struct exchange;

/// The HTTP API of API.md on one edge thread. Everything on the loop's thread unless said otherwise.
class api_service final : public http_service {
 public:
  explicit api_service(api_dependencies dependencies);
  ~api_service() override;

  void handle(http_request&& request, respond done) override;
  void upgrade(http_request&& request, std::function<void(upgrade_verdict&&)> done) override;
  http_response problem(std::string_view code, std::string_view detail) override;

  /// Judges a token that a socket brought, with the user's name.
  void authenticate(std::string_view token, std::string_view from, std::function<void(result<signed_in>)> done);
  /// Sends a socket's command.
  void send_command(command_call call, std::function<void(command_outcome&&)> done);
  /// Asks a list for its digest on a member's behalf; nothing if it cannot say.
  void list_digest(const entity_ref& list, const principal& who,
                   std::function<void(std::optional<state_digest>)> done);
  /// A session ended somewhere: refuse its tokens from now on. Any thread.
  void deny_session(const uuid& session);
  /// A session's rights changed: ask it anew before its tokens count again. Any thread.
  void recheck_session(const uuid& session);
  /// The rights of a user's API tokens changed. Any thread.
  void recheck_tokens(const uuid& user);
  bool is_denied(const uuid& session) const;

 private:
  void route(const std::shared_ptr<exchange>& x);
  void admit(const std::shared_ptr<exchange>& x);
  void run(const std::shared_ptr<exchange>& x);
  void answer_options(exchange& x);
  void refuse_token(exchange& x, const refusal& why);

  std::shared_ptr<api_context> context_;
  std::unique_ptr<router> router_;
};

}  // namespace callboard::net
