#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/session/session.hpp"

namespace callboard::session {

/// See kind_descriptor::decode.
result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args);

event_draft encode(const event& e);
event decode_event(std::string_view type, std::string_view data);

std::string save(const state& s);
state load(std::string_view text);

}  // namespace callboard::session
