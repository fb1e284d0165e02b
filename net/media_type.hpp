#pragma once

#include <string_view>

namespace callboard::net {

/// May an answer of this type (`application/json`) be sent under an Accept header? An empty header takes all.
bool accepts(std::string_view accept, std::string_view type);

/// True if the Accept header names the type itself, with a weight above 0.
bool names_type(std::string_view accept, std::string_view type);

/// Is the Content-Type JSON in UTF-8 (or, where `merge_patch`, a merge patch)?
bool is_json_type(std::string_view content_type, bool merge_patch);

}  // namespace callboard::net
