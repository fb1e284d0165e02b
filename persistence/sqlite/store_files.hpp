#pragma once

#include "actors/base/refusal.hpp"

#include <string>

namespace callboard::sqlite {

/// Where the parts of a store lie.
struct store_files {
  std::string directory, database, projections;
};

/// From `sqlite:<directory>`; refuses an empty path.
result<store_files> files_of(const std::string& url);

/// Makes an empty file (0600) unless it is there; SQLite gives its side files the same mode.
result<void> make_private_file(const std::string& path);

/// Makes the directory (0700) and the database file where they are missing.
result<void> make_private(const store_files& files);

}  // namespace callboard::sqlite
