#pragma once

#include "actors/base/refusal.hpp"
#include "config/options.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace callboard::cluster {

/// The address that the first start makes an admin under.
inline constexpr std::string_view first_admin_email = "admin@callboard.local";

/// One node: the composition root, which alone knows stores, actors and edges together. One owner; not thread-safe but
/// where it says so.
class node {
 public:
  /// Opens the store and starts the actors; a refusal says what to do next. Serves nobody yet.
  static result<std::unique_ptr<node>> open(const config::options& options);
  /// Ends in order: edges, actors, store. What is under way is committed.
  ~node();

  struct listening {
    std::string address;       ///< `127.0.0.1:8080`
    std::string admin_email, admin_password;  ///< of the very first start; else empty
  };
  /// Opens the listener and the admin socket, and on the very first start makes the first admin.
  result<listening> serve();

  /// Finishes what runs, tells the sockets to come back, and closes: at most 25 s.
  void drain();

  /// Answers one JSON request of the command line; `progress` is told how far a long one is. Blocks; any thread but the
  /// actors'.
  std::string administer(std::string_view request, const std::function<void(std::uint64_t)>& progress = {});

  std::string_view store_name() const noexcept;
  std::string_view id() const noexcept;

 private:
  struct parts;
  node();
  result<void> make_first_admin(listening& where);
  std::unique_ptr<parts> parts_;
};

/// What admin sockets of a store are found by: the same for every spelling of the same place, and without a password.
std::string store_identity(const std::string& url);

}  // namespace callboard::cluster
