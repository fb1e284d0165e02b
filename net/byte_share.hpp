#pragma once

#include <cstddef>

namespace callboard::net {

/// One holder's part of a sum of bytes; it gives back what it holds. As many threads as the sum has.
class byte_share {
 public:
  explicit byte_share(std::size_t& sum) : sum_(sum) {}
  byte_share(const byte_share&) = delete;
  byte_share& operator=(const byte_share&) = delete;
  ~byte_share() { clear(); }

  void add(std::size_t bytes) {
    own_ += bytes;
    sum_ += bytes;
  }
  void drop(std::size_t bytes) {
    own_ -= bytes;
    sum_ -= bytes;
  }
  void clear() { drop(own_); }
  std::size_t size() const noexcept { return own_; }

 private:
  std::size_t& sum_;
  std::size_t own_ = 0;
};

}  // namespace callboard::net
