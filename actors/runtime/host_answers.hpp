#pragma once

#include "actors/base/envelope.hpp"
#include "actors/ports/store.hpp"

#include <optional>

namespace callboard::runtime {

// What a host says in the rare cases; pure but for the store it is given.

refusal still_running();
refusal other_content();
refusal not_visible_yet();
refusal store_is_away();

/// What a failed item's command is answered; nothing: it is decided again. `bad_rows`: how often its own row was refused.
std::optional<answer> verdict_on(append_failure why, int bad_rows);

/// The stored answer of an equal, earlier command, or `if_none`. Blocks: reader pool only.
answer stored_answer_of(store& journal, const entity_ref& ref, const envelope& message, answer if_none);

}  // namespace callboard::runtime
