#pragma once

#include "actors/ports/store.hpp"

#include <memory>
#include <string>

namespace callboard::contract {

inline steady_time soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{10}; }

inline timestamp at_ms(std::int64_t ms) { return timestamp{std::chrono::milliseconds{ms}}; }

/// One life of an entity, which numbers and chains its events as a host does.
class entity_script {
 public:
  explicit entity_script(std::string id, std::uint64_t epoch = 1, entity_kind kind = entity_kind::list)
      : owner_(std::make_shared<activation>()), epoch_(epoch) {
    owner_->ref = {kind, std::move(id)};
    ref_ = std::make_shared<const entity_ref>(owner_->ref);
  }

  event_ptr next_event(std::string type, std::string data, std::string part = {}) {
    auto event = std::make_shared<recorded_event>();
    event->entity = ref_;
    event->slice = slice_of(*ref_);
    event->seq = ++seq_;
    event->epoch = epoch_;
    event->type = std::move(type);
    event->data = share(std::move(data));
    event->actor = actor_kind::user;
    event->actor_id = "01930000-0000-7000-8000-000000000001";
    event->meta.part_id = std::move(part);
    event->meta.op_id = make_uuid_v5(uuid{{1}}, ref_->id + std::to_string(seq_));
    event->at = at_ms(1'700'000'000'000 + static_cast<std::int64_t>(seq_));
    event->link = link_ = chain_link(link_, *event, encode_meta(event->meta));
    return event;
  }

  /// An item with one event more.
  lane_item append(std::string type = "task.created.v1", std::string data = R"({"title":"milk"})",
                   std::string part = {}) {
    lane_item item;
    item.owner = owner_;
    item.events.push_back(next_event(std::move(type), std::move(data), std::move(part)));
    item.deadline = soon();
    return item;
  }

  /// An item that only keeps its place.
  lane_item place() {
    lane_item item;
    item.owner = owner_;
    return item;
  }

  outcome_row outcome(std::uint8_t key) const {
    outcome_row row;
    row.principal = uuid{{7}};
    row.key_hash = {key};
    row.body_hash = {9};
    row.status = 201;
    row.seq = seq_;
    row.answer = std::string("ans\0wer", 7);
    row.at = at_ms(1'700'000'000'000);
    return row;
  }

  /// As a new life that read the journal up to `seq` would go on.
  entity_script reborn(std::uint64_t seq, const std::array<std::uint8_t, 16>& link) const {
    entity_script next(ref_->id, epoch_, ref_->kind);
    next.seq_ = seq;
    next.link_ = link;
    return next;
  }

  const entity_ref& ref() const { return *ref_; }
  const std::shared_ptr<activation>& owner() const { return owner_; }
  std::uint64_t seq() const { return seq_; }
  const std::array<std::uint8_t, 16>& link() const { return link_; }

 private:
  std::shared_ptr<activation> owner_;
  std::shared_ptr<const entity_ref> ref_;
  std::uint64_t epoch_, seq_ = 0;
  std::array<std::uint8_t, 16> link_{};
};

}  // namespace callboard::contract
