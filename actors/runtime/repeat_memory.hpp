#pragma once

#include "actors/base/envelope.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <unordered_map>

namespace callboard::runtime {

/// What an entity remembers of commands with a key: the fast path before the outcome row, which is the judge.
class repeat_memory {
 public:
  static constexpr std::size_t keys_max = 100'000;

  enum class verdict { fresh, running, done, mismatch };

  /// As long as outcome rows are kept: an older key is judged anew.
  static constexpr std::chrono::hours kept{24};

  /// `committed`: ordinal of the last item of this activation whose rows are in the journal.
  verdict judge(const uuid& who, const repeat_key& key, std::uint64_t committed, timestamp now) const;
  /// The command was decided into the item with this ordinal.
  void start(const uuid& who, const repeat_key& key, std::uint64_t ordinal, timestamp now);
  void clear();

 private:
  struct full_key {
    uuid who;
    std::array<std::uint8_t, 16> key_hash;
    bool operator==(const full_key&) const = default;
  };
  struct full_key_hash {
    std::size_t operator()(const full_key& k) const noexcept {
      std::size_t h;
      std::memcpy(&h, k.key_hash.data(), sizeof h);
      return h ^ uuid_hash{}(k.who);
    }
  };
  struct entry {
    std::array<std::uint8_t, 16> body_hash;
    std::uint64_t ordinal;
    timestamp at;
  };

  std::unordered_map<full_key, entry, full_key_hash> entries_;
  std::deque<full_key> order_;
};

}  // namespace callboard::runtime
