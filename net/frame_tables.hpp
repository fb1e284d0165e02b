#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace callboard::net {

/// What a member of a frame may hold.
enum class member_type : std::uint8_t { text, natural, flag, object, array, id, scalar, nullable_text, nullable_natural };

struct frame_member {
  std::string_view name;
  member_type type;
  bool needed;
  std::string_view about;  ///< for people
};

/// One frame of callboard.v1. Client frames are validated by their row, and the AsyncAPI document is made of all.
struct frame_row {
  std::string_view t;
  std::string_view about;
  std::span<const frame_member> members;  ///< beside `t`
  bool closed = false;                    ///< an unknown member is refused
};

std::span<const frame_row> client_frames() noexcept;
std::span<const frame_row> server_frames() noexcept;

/// The row of a client's frame; null for none.
const frame_row* client_frame_row(std::string_view t) noexcept;

}  // namespace callboard::net
