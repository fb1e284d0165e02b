#pragma once

#include "persistence/lane.hpp"

namespace callboard {

/// An item of a batch that nobody knows the fate of. Abandoned: its owner was told, only the rows are left here.
struct group_commit_lane::unresolved_item {
  lane_item item;
  bool abandoned = false;
};

/// Items of one activation that fail together.
struct group_commit_lane::failed_group {
  std::shared_ptr<activation> owner;
  items members;
};

}  // namespace callboard
