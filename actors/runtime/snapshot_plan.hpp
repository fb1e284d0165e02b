#pragma once

#include "actors/base/event.hpp"
#include "actors/base/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace callboard::runtime {

/// Decides when the state of one entity is to be saved, from what has happened since it was saved last. Pure.
class snapshot_plan {
 public:
  static constexpr std::uint64_t events_min = 200;
  static constexpr std::uint64_t events_min_at_rest = 50;
  /// Purges may come one a second: each would save the whole state.
  static constexpr std::chrono::minutes purge_pause{1};

  /// The entity is loaded anew; what was wanted still is.
  void reloading() {
    seq_ = 0;
    bytes_ = bytes_since_ = 0;
    purged_ = false;
  }
  /// It was loaded from a snapshot.
  void restored(std::uint64_t seq, std::size_t bytes) {
    seq_ = seq;
    bytes_ = bytes;
  }
  /// The stored snapshot is of no use: one that is takes its place.
  void wanted() { wanted_ = true; }
  /// An event after the last snapshot.
  void note(const recorded_event& event) {
    bytes_since_ += event.data->size();
    purged_ = purged_ || public_type(event.type).ends_with(".purged");
  }
  void taken(std::uint64_t seq, std::size_t bytes, timestamp now) {
    if (purged_)
      purge_saved_at_ = now;
    forgot_ = purged_;
    seq_ = seq;
    bytes_ = bytes;
    bytes_since_ = 0;
    wanted_ = purged_ = false;
  }

  /// The one taken last was never written: what it was to forget is still there.
  void lost() { purged_ = purged_ || forgot_; }

  /// With a commit: it pays once the journal has grown by more than the last snapshot's size.
  bool due(std::uint64_t seq, timestamp now) const {
    if (wanted_ || (purged_ && now - purge_saved_at_ >= purge_pause))
      return true;
    return seq - seq_ >= events_min && bytes_since_ >= bytes_;
  }
  /// As the entity is put away: its next activation is to be short.
  bool due_at_rest(std::uint64_t seq) const { return wanted_ || purged_ || seq - seq_ >= events_min_at_rest; }
  /// Something was purged since the last snapshot: that one and those before it may still hold it.
  bool forgets_older() const { return purged_; }

 private:
  std::uint64_t seq_ = 0;
  std::size_t bytes_ = 0, bytes_since_ = 0;
  bool wanted_ = false, purged_ = false, forgot_ = false;
  timestamp purge_saved_at_{};
};

}  // namespace callboard::runtime
