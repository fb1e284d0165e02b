#include "net/outbound_queue.hpp"

#include "net/frames.hpp"

#include <algorithm>
#include <unordered_map>

namespace callboard::net {
namespace {

const shared_text& open_piece() {
  static const shared_text text = share("[");
  return text;
}

const shared_text& close_piece() {
  static const shared_text text = share("]");
  return text;
}

const shared_text& evs_tail_piece() {
  static const shared_text text = share(std::string(evs_tail));
  return text;
}

// Up to this many waiting frames keep their memory between messages.
constexpr std::size_t idle_capacity = 8;

}  // namespace

const shared_text& comma_piece() {
  static const shared_text text = share(",");
  return text;
}

void message_builder::begin_frame() {
  ++frames_;
  if (frames_ == 1)
    return;
  if (frames_ == 2) {
    out_.insert(out_.begin(), open_piece());
    ++bytes_;
  }
  piece(comma_piece());
}

void message_builder::piece(shared_text text) {
  bytes_ += text->size();
  out_.push_back(std::move(text));
}

bool message_builder::finish() {
  if (frames_ > 1)
    piece(close_piece());
  return frames_ > 0;
}

void outbound_queue::push_control(shared_text text, frame_kind kind) {
  control_bytes_ += text->size();
  items_.push_back({std::move(text), 0, 0, 0, kind});
}

void outbound_queue::push_event(shared_text text, std::uint32_t key, std::uint64_t seq, std::uint64_t prev) {
  event_bytes_ += text->size();
  ++event_frames_;
  items_.push_back({std::move(text), seq, prev, key, frame_kind::event});
}

std::uint32_t outbound_queue::heaviest() const {
  std::unordered_map<std::uint32_t, std::size_t> bytes;
  for (auto i = head_; i < items_.size(); ++i)
    if (items_[i].kind == frame_kind::event)
      bytes[items_[i].key] += items_[i].text->size();
  const auto most = std::max_element(bytes.begin(), bytes.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes.end() ? 0 : most->first;
}

void outbound_queue::drop_events(std::uint32_t key) {
  drop_if([key](const item& one) { return one.kind == frame_kind::event && one.key == key; });
}

void outbound_queue::drop_all_events() {
  drop_if([](const item& one) { return one.kind == frame_kind::event; });
}

template <class Drop>
void outbound_queue::drop_if(Drop&& drop) {
  const auto first = items_.begin() + static_cast<std::ptrdiff_t>(head_);
  items_.erase(std::remove_if(first, items_.end(),
                              [&](const item& one) {
                                if (!drop(one))
                                  return false;
                                event_bytes_ -= one.text->size();
                                --event_frames_;
                                return true;
                              }),
               items_.end());
  compact();
}

std::size_t outbound_queue::run_length(std::size_t bytes_max) const {
  const auto& first = items_[head_];
  if (first.kind != frame_kind::event)
    return 1;
  std::size_t count = 0, bytes = 0;
  for (auto i = head_; i < items_.size() && items_[i].key == first.key && bytes < bytes_max; ++i, ++count)
    bytes += items_[i].text->size();
  return count;
}

void outbound_queue::append_run(message_builder& into, std::size_t count, std::string_view stream) const {
  const auto& first = items_[head_];
  into.begin_frame();
  into.piece(share(evs_head(stream, first.seq, items_[head_ + count - 1].seq, first.prev)));
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0)
      into.piece(comma_piece());
    into.piece(items_[head_ + i].text);
  }
  into.piece(evs_tail_piece());
}

void outbound_queue::leave(std::size_t count, taken& out) {
  for (std::size_t i = 0; i < count; ++i, ++head_) {
    auto& one = items_[head_];
    if (one.kind == frame_kind::event) {
      event_bytes_ -= one.text->size();
      --event_frames_;
    } else {
      control_bytes_ -= one.text->size();
      out.command_replies += one.kind == frame_kind::command_reply;
      out.resync |= one.kind == frame_kind::resync;
    }
    one.text.reset();
  }
  compact();
}

void outbound_queue::compact() {
  if (head_ == items_.size()) {
    items_.clear();
    head_ = 0;
    if (items_.capacity() > idle_capacity)
      items_.shrink_to_fit();
  } else if (head_ > 1024 && head_ * 2 > items_.size()) {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

}  // namespace callboard::net
