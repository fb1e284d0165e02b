#pragma once

#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace callboard::net {

/// What this node acknowledged lately, for reading one's own writes before they are folded. Any thread; bounded.
class write_log {
 public:
  struct list_position {
    uuid list;
    std::uint64_t seq;
  };

  /// A change of a list's own fields or members, which lists of lists show.
  void note_list(const uuid& user, const uuid& list, std::uint64_t seq, steady_time now);
  /// Positions acknowledged to the user within the last 2 s.
  std::vector<list_position> lists_of(const uuid& user, steady_time now);

  /// A task that was made (or moved) in a list just now.
  void note_task(const uuid& task, const uuid& list, steady_time now);
  /// Lists in which the task was made within the last 30 s.
  std::vector<uuid> lists_with(const uuid& task, steady_time now);

 private:
  struct list_note {
    list_position position;
    steady_time at;
  };
  struct task_note {
    uuid list;
    steady_time at;
  };

  std::mutex mutex_;
  std::unordered_map<uuid, std::vector<list_note>, uuid_hash> lists_;
  // Two generations stand in for an age list: the older one is dropped whole.
  std::unordered_multimap<uuid, task_note, uuid_hash> tasks_, older_tasks_;
  steady_time turned_at_{};
};

}  // namespace callboard::net
