#pragma once

#include "actors/base/refusal.hpp"

#include <string>
#include <utility>

namespace callboard::sqlite {

/// The exclusive hold of one process on a store's directory (`callboard.lock`); ends with the process at the latest.
class instance_lock {
 public:
  /// Refuses at once, naming the process that holds it.
  static result<instance_lock> take(const std::string& directory);

  instance_lock() = default;
  instance_lock(instance_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  instance_lock& operator=(instance_lock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~instance_lock();

 private:
  int fd_ = -1;
};

}  // namespace callboard::sqlite
