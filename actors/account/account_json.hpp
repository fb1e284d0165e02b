#pragma once

#include "actors/account/account.hpp"
#include "actors/base/aggregate.hpp"

namespace callboard::account {

event_draft encode(std::string_view id, const event& e);
event decode_event(std::string_view type, std::string_view data);

std::string save(const state& s);
state load(std::string_view text);

}  // namespace callboard::account
