#pragma once

#include "actors/base/refusal.hpp"
#include "actors/base/uuid.hpp"

#include <string_view>

namespace callboard::net {

/// The key of an Idempotency-Key header without its optional quotes; `bad_header` unless 1..255 visible ASCII.
result<std::string_view> parse_idempotency_key(std::string_view value);

/// The command id a key stands for: UUIDv5 of (principal, method, path, key).
uuid op_id_of_key(const uuid& principal, std::string_view method, std::string_view path, std::string_view key);

}  // namespace callboard::net
