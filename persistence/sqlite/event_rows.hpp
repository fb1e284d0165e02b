#pragma once

#include "actors/base/event.hpp"
#include "persistence/sqlite/connection.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::sqlite {

/// The columns that read_event() expects, from column 0.
inline constexpr std::string_view event_columns =
  "kind, id, slice, nr, seq, epoch, at, type, actor, link, meta, payload";

/// The event of the current row. `entity` may be null: then the row's own.
result<event_ptr> read_event(const statement& row, std::shared_ptr<const entity_ref> entity);

/// `user:0192…` as the journal's column `actor` has it.
std::string actor_text(const recorded_event& event);

}  // namespace callboard::sqlite
