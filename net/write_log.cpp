#include "net/write_log.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

constexpr std::chrono::seconds list_span{2};
constexpr std::chrono::seconds task_span{30};
constexpr std::size_t users_max = 20'000;
constexpr std::size_t lists_per_user_max = 64;
constexpr std::size_t tasks_max = 100'000;

}  // namespace

void write_log::note_list(const uuid& user, const uuid& list, std::uint64_t seq, steady_time now) {
  const std::lock_guard lock(mutex_);
  if (lists_.size() >= users_max)
    std::erase_if(lists_, [&](const auto& item) { return item.second.back().at + list_span < now; });
  if (lists_.size() >= users_max)
    return;
  auto& notes = lists_[user];
  std::erase_if(notes, [&](const list_note& n) { return n.position.list == list || n.at + list_span < now; });
  if (notes.size() >= lists_per_user_max)
    notes.erase(notes.begin());
  notes.push_back({{list, seq}, now});
}

std::vector<write_log::list_position> write_log::lists_of(const uuid& user, steady_time now) {
  const std::lock_guard lock(mutex_);
  std::vector<list_position> out;
  const auto found = lists_.find(user);
  if (found == lists_.end())
    return out;
  for (const auto& note : found->second)
    if (note.at + list_span >= now)
      out.push_back(note.position);
  if (out.empty())
    lists_.erase(found);
  return out;
}

void write_log::note_task(const uuid& task, const uuid& list, steady_time now) {
  const std::lock_guard lock(mutex_);
  if (turned_at_ + task_span < now || tasks_.size() >= tasks_max) {
    older_tasks_ = std::move(tasks_);
    tasks_.clear();
    turned_at_ = now;
  }
  tasks_.emplace(task, task_note{list, now});
}

std::vector<uuid> write_log::lists_with(const uuid& task, steady_time now) {
  const std::lock_guard lock(mutex_);
  std::vector<uuid> out;
  for (const auto* generation : {&tasks_, &older_tasks_}) {
    const auto [first, last] = generation->equal_range(task);
    for (auto i = first; i != last; ++i)
      if (i->second.at + task_span >= now && std::find(out.begin(), out.end(), i->second.list) == out.end())
        out.push_back(i->second.list);
  }
  return out;
}

}  // namespace callboard::net
