#include "actors/runtime/item_builder.hpp"

#include "actors/runtime/outcome_codec.hpp"

#include <algorithm>

namespace callboard::runtime {
namespace {

event_ptr record(journal_head& head, const envelope& command, event_draft& draft, timestamp now) {
  auto event = std::make_shared<recorded_event>();
  event->entity = head.ref;
  event->slice = head.slice;
  event->seq = ++head.seq;
  event->epoch = head.epoch;
  event->type = std::move(draft.type);
  event->data = std::move(draft.data);
  event->actor = command.who.kind;
  const auto& actor = command.who.kind == actor_kind::token ? command.who.session : command.who.user;
  event->actor_id = actor ? to_string(actor) : std::string("callboard");
  event->meta.part_id = std::move(draft.part_id);
  event->meta.op_id = command.op_id;
  event->meta.request_id = command.request_id;
  event->meta.trace_id = command.trace_id;
  event->meta.ip = command.ip;
  event->meta.old = std::move(draft.old);
  event->at = now;
  event->link = chain_link(head.link, *event, encode_meta(event->meta));
  head.link = event->link;
  return event;
}

outcome_row remember(const envelope& command, const answer& reply, const lane_item& item, timestamp now) {
  const auto& body = reply.body;
  const bool is_event_data = body.size() == 1 && !item.events.empty() &&
                             item.events.back()->data == body.front() &&
                             item.events.back()->seq == reply.seq;
  const bool as_command = command.kept != outcome_kept::for_repeats;
  outcome_row row;
  row.principal = command.who.user;
  row.key_hash = command.repeat->key_hash;
  row.body_hash = command.repeat->body_hash;
  if (as_command)
    row.op_id = command.op_id;
  row.status = reply.status;
  row.seq = reply.seq;
  row.answer = encode_outcome(reply, is_event_data, as_command ? &command : nullptr);
  row.at = now;
  return row;
}

}  // namespace

lane_item build_item(journal_head& head, const envelope& command, decision& decided, timestamp now) {
  lane_item item;
  item.events.reserve(decided.events.size());
  for (auto& draft : decided.events)
    item.events.push_back(record(head, command, draft, now));
  item.timers = std::move(decided.timers);
  for (std::uint32_t i = 0; i < decided.outbox.size(); ++i) {
    outbox_row row;
    row.id.index = i;
    row.source = *head.ref;
    row.source_seq = head.seq;
    row.message = std::move(decided.outbox[i]);
    row.created_at = now;
    item.outbox.push_back(std::move(row));
  }
  if (command.repeat)
    item.outcome = remember(command, decided.reply, item, now);
  item.deadline = command.deadline;
  return item;
}

lane_item build_refusal(const envelope& command, const answer& reply, timestamp now) {
  lane_item item;
  item.outcome = remember(command, reply, item, now);
  item.deadline = command.deadline;
  return item;
}

void drop_fired_timer(lane_item& item, const std::string& name, std::uint64_t gen) {
  const bool set_again = std::any_of(item.timers.begin(), item.timers.end(),
                                     [&](const timer_op& op) { return op.name == name; });
  if (!set_again)
    item.timers.push_back({name, gen, std::nullopt});
}

}  // namespace callboard::runtime
