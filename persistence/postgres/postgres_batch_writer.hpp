#pragma once

#include "persistence/batch_writer.hpp"
#include "persistence/postgres/batch_statement.hpp"
#include "persistence/postgres/connection_settings.hpp"
#include "persistence/postgres/pg_connection.hpp"

#include <array>
#include <memory>
#include <set>
#include <string>

namespace callboard::postgres {

/// Writes one lane's batches: one prepared autocommit statement each, fenced, on a connection of its own.
class postgres_batch_writer final : public batch_writer {
 public:
  /// `last_nrs` as read after the fence was taken.
  postgres_batch_writer(connection_settings settings, lane_fence fence,
                        const std::array<std::uint64_t, slice_count>& last_nrs);

  commit_outcome commit(std::span<lane_item* const> items) override;
  resolution resolve(std::span<lane_item* const> items) override;
  std::uint64_t last_nr(std::uint16_t slice) override { return last_nrs_[slice]; }

  /// Process id of the server's side of the connection; 0: not connected.
  int backend_pid() const noexcept { return connection_ ? connection_->backend_pid() : 0; }

 private:
  result<void> connect();
  void disconnect() noexcept;
  commit_outcome send();
  commit_outcome judge(const reply& answer);
  commit_outcome bad_row(const reply& answer);
  commit_outcome ask_fence();
  resolution bump_fence();

  connection_settings settings_;
  lane_fence fence_;
  std::array<std::uint64_t, slice_count> last_nrs_;
  std::unique_ptr<pg_connection> connection_;
  std::set<std::string> prepared_;  // on this connection
  batch_statement statement_;
};

}  // namespace callboard::postgres
