#pragma once

#include "actors/base/refusal.hpp"
#include "actors/ports/store.hpp"
#include "config/options.hpp"
#include "net/auth/jwt.hpp"

#include <string>

namespace callboard::cluster {

/// The signing keys of this store: from the files that are configured, else made at first start and kept in the store.
result<net::access_tokens> load_access_tokens(store& journal, const config::auth_options& options);

/// The server's secret for successors of refresh tokens, made at first start and kept in the store.
result<std::string> load_refresh_key(store& journal);

}  // namespace callboard::cluster
