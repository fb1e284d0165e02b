#pragma once

#include "actors/ports/entities.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::net {

/// Where a reader of several streams stands, as the `id` of a server-sent event says it. Opaque to clients; streams
/// stand in it by a hash of their names, so that it is short and still fits when the set of streams has changed.
class resume_id {
 public:
  explicit resume_id(std::uint64_t epoch) : epoch_(epoch) {}
  /// Nothing for a text that is no such id.
  static std::optional<resume_id> parse(std::string_view text);

  void add(std::string_view stream_key, std::uint64_t seq) { places_.emplace_back(stream_key, seq); }
  /// The position in a stream, if the id has one.
  std::optional<position> find(std::string_view stream_key) const;
  std::string text() const;

  /// What stands for a stream in an id.
  static std::string key_of(const entity_ref& stream);

 private:
  std::uint64_t epoch_;
  std::vector<std::pair<std::string, std::uint64_t>> places_;
};

}  // namespace callboard::net
