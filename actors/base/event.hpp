#pragma once

#include "actors/base/bytes.hpp"
#include "actors/base/entity_ref.hpp"
#include "actors/base/principal.hpp"
#include "actors/base/refusal.hpp"
#include "actors/base/timestamp.hpp"
#include "actors/base/uuid.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What surrounds an event beside its content; the journal's `meta` column.
struct event_meta {
  std::string part_id;     ///< id of the part that changed (a task, section, tag, member); empty: the entity itself
  uuid op_id;              ///< the command that made it
  std::string request_id;  ///< X-Request-Id of the request, may be empty
  std::string trace_id;    ///< W3C trace id, 32 hex digits, may be empty
  std::string ip;          ///< the client's address, may be empty
  std::string old;         ///< JSON object of the changed members' former values, or empty
};

std::string encode_meta(const event_meta& meta);
result<event_meta> decode_meta(std::string_view text);

/// One row of the journal. Immutable once committed; `nr` is set by the lane as it writes the row.
struct recorded_event {
  std::shared_ptr<const entity_ref> entity;
  std::uint16_t slice = 0;
  std::uint64_t nr = 0;     ///< gap-free within the slice, from 1
  std::uint64_t seq = 0;    ///< gap-free within the entity, from 1
  std::uint64_t epoch = 0;  ///< owner epoch of the shard
  std::string type;         ///< wire name with version: `task.created.v1`
  shared_text data;         ///< the Event's `data` as JSON text
  actor_kind actor = actor_kind::user;
  std::string actor_id;
  event_meta meta;
  timestamp at{};
  std::array<std::uint8_t, 16> link{};  ///< chain hash over the previous link and this row
};
using event_ptr = std::shared_ptr<recorded_event>;

/// `task.created` of `task.created.v1`.
std::string_view public_type(std::string_view wire_name) noexcept;
/// `task` of `task.created.v1`: what kind of part the event is about.
std::string_view part_kind(std::string_view wire_name) noexcept;

/// The chain hash of a row (DESIGN.md section 5): first 16 bytes of SHA-256 over the length-prefixed previous
/// link, kind, id, seq, epoch, type, actor, at, meta (encoded) and payload.
std::array<std::uint8_t, 16> chain_link(const std::array<std::uint8_t, 16>& previous, const recorded_event& event,
                                        std::string_view encoded_meta);

/// The Event of API.md section 2 as JSON text: `full` as HTTP gives it, else as sockets send it, with `t`, `prev`
/// and without id, epoch, trace_id and changes.
std::string render_event(const recorded_event& event, std::uint64_t stream_epoch);
std::string render_ev_frame(const recorded_event& event, std::uint64_t prev);

/// A stream epoch as 16 hex digits.
std::string epoch_text(std::uint64_t stream_epoch);

}  // namespace callboard
