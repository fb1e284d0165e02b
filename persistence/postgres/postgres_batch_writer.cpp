#include "persistence/postgres/postgres_batch_writer.hpp"

#include <chrono>
#include <utility>

namespace callboard::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto connect_patience = 3s;
// Longer than statement_timeout: a server that is alive says itself that it gave up.
constexpr auto answer_patience = 4s;

// Plans are made once, while tables may still be empty: they must not count on that.
constexpr auto session_sql =
  "set statement_timeout = '3s'; set lock_timeout = '1s'; set idle_in_transaction_session_timeout = '2s';"
  "set client_connection_check_interval = '1s'; set jit = off; set plan_cache_mode = force_generic_plan;"
  "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;"
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

constexpr auto fence_row_sql =
  "select fence, alive from member_lane where node_id = $1 and incarnation = $2 and lane = $3";
// Waits for the statement whose answer was lost; later ones of its kind find the old number gone.
constexpr auto bump_sql =
  "update member_lane set fence = fence + 1 where node_id = $1 and incarnation = $2 and lane = $3 and alive"
  " returning fence";

bool is_bad_row(const std::string& sqlstate) { return sqlstate.starts_with("22") || sqlstate.starts_with("23"); }

// Classes of which it is sure that the statement was rolled back before the answer.
bool is_rolled_back(const std::string& sqlstate) {
  return sqlstate.starts_with("53") || sqlstate.starts_with("40") || sqlstate.starts_with("42") ||
         sqlstate.starts_with("25") || sqlstate.starts_with("54") || sqlstate.starts_with("55") ||
         sqlstate.starts_with("0A") || sqlstate == "57014";
}

commit_outcome say(commit_status status, std::string detail) { return {status, {}, false, std::move(detail)}; }

}  // namespace

postgres_batch_writer::postgres_batch_writer(connection_settings settings, lane_fence fence,
                                             const std::array<std::uint64_t, slice_count>& last_nrs)
  : settings_(std::move(settings)), fence_(std::move(fence)), last_nrs_(last_nrs) {}

void postgres_batch_writer::disconnect() noexcept {
  connection_.reset();
  prepared_.clear();
}

result<void> postgres_batch_writer::connect() {
  if (connection_ && connection_->usable())
    return {};
  disconnect();
  auto opened = pg_connection::open(settings_, session_sql, connect_patience);
  if (!opened)
    return opened.error();
  connection_ = std::move(*opened);
  return {};
}

commit_outcome postgres_batch_writer::commit(std::span<lane_item* const> items) {
  if (const auto connected = connect(); !connected)
    return say(commit_status::unavailable, connected.error().detail);
  statement_.build(items, fence_);
  return send();
}

commit_outcome postgres_batch_writer::send() {
  if (!prepared_.contains(statement_.name())) {
    const auto done =
      connection_->prepare(statement_.name(), statement_.sql(), statement_.parameters(), answer_patience);
    if (!done.ok()) {
      disconnect();
      return say(commit_status::unavailable, "cannot prepare the batch: " + done.message);
    }
    prepared_.insert(statement_.name());
  }
  return judge(connection_->run_prepared(statement_.name(), statement_.parameters(), answer_patience));
}

commit_outcome postgres_batch_writer::judge(const reply& answer) {
  switch (answer.status) {
    case reply_status::ok: return answer.number(0, 0) == 1 ? commit_outcome{} : ask_fence();
    case reply_status::not_sent: return say(commit_status::unavailable, "the connection was gone");
    case reply_status::lost: return say(commit_status::unknown, "no answer to a batch: " + answer.message);
    case reply_status::refused: break;
  }
  if (is_bad_row(answer.sqlstate))
    return bad_row(answer);
  const auto why = answer.sqlstate + " " + answer.message;
  return say(is_rolled_back(answer.sqlstate) ? commit_status::unavailable : commit_status::unknown, why);
}

commit_outcome postgres_batch_writer::bad_row(const reply& answer) {
  auto outcome = say(commit_status::bad_row, answer.sqlstate + " " + answer.message);
  outcome.duplicate_outcome = answer.constraint == "outcome_pkey";
  if (const auto question = statement_.who_violates(answer.constraint)) {
    const auto found = connection_->run(question->sql, question->parameters, answer_patience);
    if (found.ok() && found.size() == 1 && !found.is_null(0, 0))
      outcome.index = statement_.item_of(answer.constraint, found.number(0, 0));
  }
  return outcome;
}

commit_outcome postgres_batch_writer::ask_fence() {
  const auto parameters = statement_.parameters().first(3);
  const auto row = connection_->run(fence_row_sql, parameters, answer_patience);
  if (!row.ok())
    return say(commit_status::unavailable, "the fence refused a batch and cannot be read");
  if (row.size() == 0 || row.at(0, 1) != "t")
    return say(commit_status::fenced, "another server has taken the store over");
  // Ours: an earlier bump went through though its answer was lost.
  fence_.fence = row.number(0, 0);
  return say(commit_status::unavailable, "the fence had moved; read again");
}

resolution postgres_batch_writer::bump_fence() {
  const auto bumped = connection_->run(bump_sql, statement_.parameters().first(3), answer_patience);
  if (!bumped.ok())
    return resolution::unavailable;
  if (bumped.size() == 0)
    return resolution::fenced;
  fence_.fence = bumped.number(0, 0);
  return resolution::not_committed;
}

resolution postgres_batch_writer::resolve(std::span<lane_item* const> items) {
  disconnect();
  if (!connect())
    return resolution::unavailable;
  statement_.build(items, fence_);
  if (const auto bumped = bump_fence(); bumped != resolution::not_committed)
    return bumped;
  const auto question = statement_.is_written();
  // Timers and finished deliveries alone may be written twice.
  if (!question)
    return resolution::not_committed;
  const auto found = connection_->run(question->sql, question->parameters, answer_patience);
  if (!found.ok())
    return resolution::unavailable;
  return found.number(0, 0) > 0 ? resolution::committed : resolution::not_committed;
}

}  // namespace callboard::postgres
