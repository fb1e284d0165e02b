#pragma once

#include "actors/base/bytes.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::net {

/// Output as few buffers: short texts are copied behind each other, long shared ones are referenced and kept alive.
class gather {
 public:
  /// Where to append text that is made for this output. Any call of piece() or seal() invalidates it.
  std::string& text() noexcept { return copied_; }

  void piece(const shared_text& piece) {
    if (piece->size() <= copy_max) {
      copied_ += *piece;
      return;
    }
    cut();
    parts_.push_back({piece->data(), piece->size()});
    kept_.push_back(piece);
  }

  /// The whole output, valid until clear(). Nothing may be added after it.
  const std::vector<std::string_view>& seal() {
    cut();
    views_.clear();
    std::size_t at = 0;
    for (const auto& part : parts_) {
      views_.emplace_back(part.data ? part.data : copied_.data() + at, part.size);
      at += part.data ? 0 : part.size;
    }
    return views_;
  }

  bool empty() const noexcept { return parts_.empty() && copied_.empty(); }

  /// Forgets the output; keeps a little memory for the next.
  void clear() {
    copied_.size() > keep_max ? std::string{}.swap(copied_) : copied_.clear();
    kept_.clear();
    parts_.clear();
    cut_at_ = 0;
  }

  /// Gives all memory back; for connections that have gone quiet.
  void release() { *this = gather{}; }

 private:
  static constexpr std::size_t copy_max = 1024;
  static constexpr std::size_t keep_max = 16 * 1024;
  struct part {
    const char* data;  // null: the next `size` bytes of copied_
    std::size_t size;
  };

  void cut() {
    if (copied_.size() > cut_at_)
      parts_.push_back({nullptr, copied_.size() - cut_at_});
    cut_at_ = copied_.size();
  }

  std::string copied_;
  std::size_t cut_at_ = 0;
  std::vector<part> parts_;
  std::vector<shared_text> kept_;
  std::vector<std::string_view> views_;
};

}  // namespace callboard::net
