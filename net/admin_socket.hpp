#pragma once

#include "actors/base/refusal.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// Where a node listens for its own command line: `<runtime folder>/callboard-<uid>/<hash of the store>-<node>.sock`.
std::string admin_socket_path(std::string_view store_identity, std::string_view node);

/// Sockets of running servers on that store, whichever node; dead ones are left out.
std::vector<std::string> find_admin_sockets(std::string_view store_identity);

/// Answers one JSON line to one JSON line, from processes of our own user or root only.
class admin_server {
 public:
  /// Gives the answer to a request line. Called on the server's own thread; may block.
  using answer = std::function<std::string(std::string_view request)>;

  virtual ~admin_server() = default;
  virtual const std::string& path() const noexcept = 0;
};

/// Listens at `path`; its folder is made 0700 and must be ours. The server ends, and its file goes, with the object.
result<std::unique_ptr<admin_server>> serve_admin(std::string path, admin_server::answer on_request);

/// Sends one request line and waits for its answer line (≤ 64 MiB).
result<std::string> ask_admin(const std::string& path, std::string_view request, std::chrono::milliseconds timeout);

}  // namespace callboard::net
