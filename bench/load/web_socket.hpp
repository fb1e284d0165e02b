#pragma once

#include "bench/load/connection.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace bench {

/// The client's half of RFC 6455, as far as a load needs it.
class web_socket {
 public:
  /// Connects and shakes hands; throws std::runtime_error.
  web_socket(std::uint16_t port, const std::string& path, const std::string& protocol, const std::string& token);

  /// Queues one text (or binary) message.
  void send(std::string_view message, bool binary = false);
  /// Takes the next whole message; control frames are answered by itself. Nothing: not all there yet.
  std::optional<std::string_view> receive();
  /// Waits until a message contains `word`; throws after 10 s.
  void wait_for(std::string_view word);

  connection link;

 private:
  void frame(int opcode, std::string_view payload);
};

/// How often `word` stands in `text`.
std::size_t occurrences(std::string_view text, std::string_view word);

}  // namespace bench
