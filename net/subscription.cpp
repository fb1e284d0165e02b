#include "net/subscription.hpp"

#include "net/outbound_queue.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

const shared_text& snap_tail_piece() {
  static const shared_text text = share(std::string(snap_tail));
  return text;
}

const shared_text& evs_tail_piece() {
  static const shared_text text = share(std::string(evs_tail));
  return text;
}

}  // namespace

subscription::subscription(entity_ref stream, std::shared_ptr<const event_filter> filter)
    : stream_(std::move(stream)), filter_(std::move(filter)) {}

void subscription::start(const stream_started& answer, std::uint64_t since) {
  using mode = stream_started::start_mode;
  head_ = answer.seq;
  position_ = sent_ = answer.mode == mode::replay ? std::min(since, head_) : head_;
  phase_ = phase::behind;
  if (answer.mode == mode::snapshot && answer.parts && !answer.parts->empty()) {
    parts_ = answer.parts;
    phase_ = phase::snapshot;
  }
  settle();
}

void subscription::end() noexcept {
  phase_ = phase::over;
  parts_.reset();
  page_.clear();
  page_at_ = 0;
}

std::size_t subscription::bulk_bytes() const noexcept {
  if (phase_ == phase::snapshot)
    return size_of((*parts_)[part_]);
  std::size_t bytes = 0;
  for (auto i = page_at_; i < page_.size() && bytes < bulk_bytes_max; ++i)
    bytes += page_[i].frame->size();
  return bytes;
}

void subscription::take_bulk(message_builder& into, std::uint64_t epoch) {
  if (phase_ == phase::snapshot)
    take_part(into, epoch);
  else
    write_page(into);
  settle();
}

void subscription::take_part(message_builder& into, std::uint64_t epoch) {
  into.begin_frame();
  into.piece(share(snap_head(name(), epoch, position_, part_ + 1, parts_->size())));
  for (const auto& piece : (*parts_)[part_])
    into.piece(piece);
  into.piece(snap_tail_piece());
  if (++part_ < parts_->size())
    return;
  parts_.reset();
  phase_ = phase::behind;
}

std::vector<subscription::outgoing> subscription::take_page() {
  std::vector<outgoing> items;
  std::size_t bytes = 0;
  while (page_at_ < page_.size()) {
    const auto& one = page_[page_at_];
    if (bytes > 0 && bytes + one.frame->size() > bulk_bytes_max)
      break;
    ++page_at_;
    position_ = one.event->seq;
    if (!passes(one))
      continue;
    bytes += one.frame->size();
    items.push_back(next(one));
  }
  if (page_at_ == page_.size()) {
    page_ = {};
    page_at_ = 0;
  }
  settle();
  return items;
}

void subscription::write_page(message_builder& into) {
  auto items = take_page();
  if (items.empty())
    return;
  into.begin_frame();
  into.piece(share(evs_head(name(), items.front().seq, items.back().seq, items.front().prev)));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0)
      into.piece(comma_piece());
    into.piece(std::move(items[i].frame));
  }
  into.piece(evs_tail_piece());
}

void subscription::fall_behind(std::uint64_t sent) noexcept {
  if (phase_ != phase::live)
    return;
  position_ = sent_ = sent;
  phase_ = phase::behind;
}

bool subscription::on_page(std::vector<published>&& items) {
  page_asked_ = false;
  if (phase_ != phase::behind)
    return true;
  std::erase_if(items, [this](const published& one) { return one.event->seq <= position_; });
  auto expected = position_;
  for (const auto& one : items)
    if (one.event->seq != ++expected)
      return false;
  if (items.empty())
    return false;
  page_ = std::move(items);
  page_at_ = 0;
  head_ = std::max(head_, expected);
  // Large events make small pages, so that one page stays near one frame's size.
  std::size_t bytes = 0;
  for (const auto& one : page_)
    bytes += one.frame->size();
  if (bytes > bulk_bytes_max)
    page_limit_ = static_cast<std::uint16_t>(std::max<std::size_t>(page_limit_ / 2, 8));
  return true;
}

bool subscription::passes(const published& one) const noexcept {
  return !filter_ || filter_->passes(public_type(one.event->type));
}

subscription::outgoing subscription::next(const published& one) {
  const auto seq = one.event->seq;
  const auto prev = std::exchange(sent_, seq);
  // Only who left something out sees another `prev` than everybody.
  return {prev + 1 == seq ? one.frame : share(render_ev_frame(*one.event, prev)), seq, prev};
}

void subscription::settle() noexcept {
  if (phase_ == phase::behind && page_at_ == page_.size() && position_ == head_)
    phase_ = phase::live;
}

}  // namespace callboard::net
