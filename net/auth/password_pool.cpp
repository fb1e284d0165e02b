#include "net/auth/password_pool.hpp"

#include "net/auth/digests.hpp"

#include <sodium.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace callboard::net {
namespace {

// OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19'456 * 1024;

refusal refuse_memory() { return refuse(problem_code::overloaded, "no memory to check passwords"); }
refusal refuse_stopped() { return refuse(problem_code::draining, "the server stops"); }

result<std::string> hash_now(const std::string& password) {
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(out, password.data(), password.size(), passes, memory_bytes) != 0)
    return refuse_memory();
  return std::string(out);
}

result<password_verdict> verify_now(const std::string& password, const std::string& stored) {
  if (stored.size() >= crypto_pwhash_STRBYTES)
    return password_verdict{};
  errno = 0;
  if (crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) != 0) {
    if (errno == ENOMEM)
      return refuse_memory();
    return password_verdict{};
  }
  return password_verdict{
    true, crypto_pwhash_str_needs_rehash(stored.c_str(), passes, memory_bytes) != 0};
}

struct job {
  std::string password;
  std::optional<std::string> stored;  // nothing: hash
  password_pool::hashed on_hashed;
  password_pool::verified on_verified;

  void run() {
    if (on_hashed)
      on_hashed(hash_now(password));
    else
      on_verified(verify_now(password, *stored));
    wipe();
  }
  void abandon() {
    if (on_hashed)
      on_hashed(refuse_stopped());
    else
      on_verified(refuse_stopped());
    wipe();
  }
  void wipe() { sodium_memzero(password.data(), password.size()); }
};

}  // namespace

struct password_pool::shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<job> queue;
  bool is_stopping = false;
  std::size_t queue_max = 0;
  std::string nobody;  // a hash that no password has
  std::vector<std::thread> threads;

  bool push(job&& next) {
    {
      const std::lock_guard lock(mutex);
      if (is_stopping || queue.size() >= queue_max)
        return false;
      queue.push_back(std::move(next));
    }
    wake.notify_one();
    return true;
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return is_stopping || !queue.empty(); });
      if (is_stopping)
        return;
      auto next = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      next.run();
      lock.lock();
    }
  }
};

password_pool::password_pool(password_pool_settings settings)
    : shared_(std::make_unique<shared>()) {
  shared_->queue_max = settings.queue_max;
  shared_->nobody = hash_now(random_bytes(32)).value();
  for (std::size_t i = 0; i < settings.threads; ++i)
    shared_->threads.emplace_back([s = shared_.get()] { s->work(); });
}

password_pool::~password_pool() { stop(); }

bool password_pool::hash(std::string password, hashed done) {
  return shared_->push({std::move(password), std::nullopt, std::move(done), {}});
}

bool password_pool::verify(std::string password, std::string stored_hash, verified done) {
  return shared_->push({std::move(password), std::move(stored_hash), {}, std::move(done)});
}

bool password_pool::verify_nobody(std::string password, verified done) {
  return verify(std::move(password), shared_->nobody, std::move(done));
}

void password_pool::stop() {
  std::deque<job> left;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_stopping = true;
    left.swap(shared_->queue);
  }
  shared_->wake.notify_all();
  for (auto& thread : std::exchange(shared_->threads, {})) thread.join();
  for (auto& one : left) one.abandon();
}

}  // namespace callboard::net
