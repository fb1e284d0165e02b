#include "persistence/sqlite/event_rows.hpp"

namespace callboard::sqlite {
namespace {

refusal damaged(const statement& row) {
  return refuse(problem_code::internal, "the journal row " + std::string(row.text(1)) + " seq " +
                                          std::to_string(row.integer(4)) + " is damaged");
}

}  // namespace

result<event_ptr> read_event(const statement& row, std::shared_ptr<const entity_ref> entity) {
  const auto number = row.integer(0);
  if (number < static_cast<int>(entity_kind::list) || number > static_cast<int>(entity_kind::inbox))
    return damaged(row);
  if (!entity)
    entity = std::make_shared<const entity_ref>(
      entity_ref{static_cast<entity_kind>(number), std::string(row.text(1))});
  auto event = std::make_shared<recorded_event>();
  event->entity = std::move(entity);
  event->slice = static_cast<std::uint16_t>(row.integer(2));
  event->nr = row.natural(3);
  event->seq = row.natural(4);
  event->epoch = row.natural(5);
  event->at = timestamp{std::chrono::milliseconds{row.integer(6)}};
  event->type = row.text(7);
  const auto actor = row.text(8);
  const auto colon = actor.find(':');
  const auto kind = parse_actor_kind(actor.substr(0, colon));
  if (colon == actor.npos || !kind)
    return damaged(row);
  event->actor = *kind;
  event->actor_id = actor.substr(colon + 1);
  event->link = row.bytes<16>(9);
  auto meta = decode_meta(row.text(10));
  if (!meta)
    return damaged(row);
  event->meta = std::move(*meta);
  event->data = share(std::string(row.text(11)));
  return event;
}

std::string actor_text(const recorded_event& event) {
  std::string text(to_string(event.actor));
  text += ':';
  text += event.actor_id;
  return text;
}

}  // namespace callboard::sqlite
