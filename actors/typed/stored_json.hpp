#pragma once

#include "actors/base/principal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace callboard {

// Members of objects that we wrote ourselves (events, snapshots). A wrong or missing one is damage
// and throws.

boost::json::object stored_object(std::string_view text);
std::string stored_text(const boost::json::object& object, std::string_view name);
std::optional<std::string> stored_maybe_text(const boost::json::object& object,
                                             std::string_view name);
uuid stored_id(const boost::json::object& object, std::string_view name);
std::optional<uuid> stored_maybe_id(const boost::json::object& object, std::string_view name);
timestamp stored_time(const boost::json::object& object, std::string_view name);
std::optional<timestamp> stored_maybe_time(const boost::json::object& object,
                                           std::string_view name);
std::uint64_t stored_number(const boost::json::object& object, std::string_view name);
bool stored_flag(const boost::json::object& object, std::string_view name);
instance_role stored_role(const boost::json::object& object, std::string_view name);
scope_set stored_scopes(const boost::json::object& object, std::string_view name);

/// An event type that the kind does not know: from a newer version, or damage.
[[noreturn]] void throw_unknown_event(std::string_view type);

}  // namespace callboard
