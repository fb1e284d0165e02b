#pragma once

#include "actors/base/refusal.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace callboard::net {

struct password_verdict {
  bool matches = false;
  bool needs_rehash = false;  ///< it matches, but the stored hash has older parameters
};

struct password_pool_settings {
  std::size_t threads = 2;
  std::size_t queue_max = 32;
};

/// Argon2id on a few threads, so that signing in starves nobody. Any thread may ask; answers come
/// on the pool's threads, within the pool's life: what waits when it stops is answered `draining`.
class password_pool {
 public:
  using hashed = std::function<void(result<std::string>)>;
  using verified = std::function<void(result<password_verdict>)>;

  explicit password_pool(password_pool_settings settings = {});
  ~password_pool();
  password_pool(const password_pool&) = delete;
  password_pool& operator=(const password_pool&) = delete;

  /// False: the queue is full, nothing will be called; say `overloaded`.
  bool hash(std::string password, hashed done);
  bool verify(std::string password, std::string stored_hash, verified done);
  /// Takes as long as verify() and never matches: for names that nobody has.
  bool verify_nobody(std::string password, verified done);

  /// Answers what waits with `draining` and joins the threads; may be called again.
  void stop();

 private:
  struct shared;
  std::unique_ptr<shared> shared_;
};

}  // namespace callboard::net
