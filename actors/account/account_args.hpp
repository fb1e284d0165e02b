#pragma once

#include "actors/account/account.hpp"

#include <boost/json/fwd.hpp>

namespace callboard::account {

/// See kind_descriptor::decode.
result<std::shared_ptr<const message_body>> decode(std::string_view type,
                                                   const boost::json::value& args);

}  // namespace callboard::account
