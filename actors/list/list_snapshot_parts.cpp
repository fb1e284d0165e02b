#include "actors/list/list_snapshot_parts.hpp"

#include "actors/list/list_json.hpp"

namespace callboard::list {
namespace {

constexpr std::size_t part_bytes_max = (256u << 10) - 1024;  // room for the frame around it

const shared_text& comma() {
  static const auto shared = share(",");
  return shared;
}

/// Cuts arrays of objects into parts, each the members of a JSON object with its share.
class part_cutter {
 public:
  explicit part_cutter(shared_text head) {
    bytes_ = head->size();
    current_.push_back(std::move(head));
  }
  void array(const char* name) {
    close_array();
    name_ = name;
    open_array();
  }
  void item(const shared_text& one) {
    if (bytes_ + one->size() + 32 > part_bytes_max && !current_.empty()) {
      next_part();
      open_array();
    }
    if (!fresh_)
      push(comma());
    fresh_ = false;
    push(one);
  }
  std::vector<text_pieces> finish() {
    next_part();
    return std::move(parts_);
  }

 private:
  void push(const shared_text& piece) {
    bytes_ += piece->size();
    current_.push_back(piece);
  }
  void open_array() {
    push(share((current_.empty() ? "\"" : ",\"") + name_ + "\":["));
    inside_ = fresh_ = true;
  }
  void close_array() {
    if (inside_)
      push(share("]"));
    inside_ = false;
  }
  void next_part() {
    close_array();
    if (!current_.empty())
      parts_.push_back(std::move(current_));
    current_.clear();
    bytes_ = 0;
  }

  std::vector<text_pieces> parts_;
  text_pieces current_;
  std::size_t bytes_ = 0;
  std::string name_;
  bool inside_ = false, fresh_ = true;
};

}  // namespace

snapshot_parts::shared_parts snapshot_parts::at(const state& s, const member& caller) const {
  if (seq_ != s.seq)
    by_role_ = {};
  seq_ = s.seq;
  auto& kept = by_role_[static_cast<std::size_t>(caller.role)];
  if (kept)
    return kept;
  part_cutter cutter(share("\"list\":" + render_list(s, &caller)));
  cutter.array("sections");
  for (const auto& [id, one] : s.sections)
    cutter.item(share(render_section(s, one)));
  cutter.array("tags");
  for (const auto& [id, one] : s.tags)
    cutter.item(share(render_tag(s, one)));
  cutter.array("members");
  for (const auto& [id, one] : s.members)
    cutter.item(share(render_member(one)));
  cutter.array("tasks");
  for (const auto* t : s.order)
    cutter.item(t->json);
  kept = std::make_shared<const std::vector<text_pieces>>(cutter.finish());
  return kept;
}

}  // namespace callboard::list
