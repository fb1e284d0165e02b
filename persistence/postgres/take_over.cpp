#include "persistence/postgres/take_over.hpp"

#include "persistence/postgres/postgres_parts.hpp"

#include <charconv>

namespace callboard::postgres {
namespace {

constexpr auto patience = std::chrono::seconds{30};

// Waits for batches of a killed server that are still running: each holds its row FOR SHARE.
constexpr auto bump_sql = "update member_lane set fence = fence + 1, alive = false where alive";
constexpr auto bury_sql = "update member set status = 'dead' where status in ('joining', 'active', 'draining')";
constexpr auto forget_sql = "delete from member_lane where not alive and incarnation < $1::bigint - 100";
constexpr auto forget_members_sql =
  "delete from member where status in ('left', 'dead') and incarnation < $1::bigint - 100";
// A start that wrote nothing in a shard names no event of it: the last row of each slice is of an older epoch. Of the
// starts that wrote, the last 100 stay.
constexpr auto forget_epochs_sql =
  "delete from shard_epoch e where e.epoch < $1::bigint - 100 or (e.epoch ="
  " (select max(epoch) from shard_epoch where shard = e.shard and epoch < $1::bigint)"
  " and not exists (select 1 from generate_series(e.shard * 4, e.shard * 4 + 3) as s(slice) cross join lateral"
  "  (select epoch from journal where slice = s.slice order by nr desc limit 1) j where j.epoch >= e.epoch))";
constexpr auto member_sql =
  "insert into member (node_id, incarnation, status, host, port, version, started_at)"
  " values ($1, $2::bigint, 'active', '', 0, '', now()) on conflict (node_id) do update set"
  " incarnation = excluded.incarnation, status = excluded.status, started_at = excluded.started_at";
constexpr auto lanes_sql =
  "insert into member_lane (node_id, incarnation, lane, fence, alive)"
  " select $1, $2::bigint, lane, 1, true from generate_series(0, $3::integer - 1) as lane";
constexpr auto owner_sql =
  "insert into shard_owner (shard, node_id, epoch) select shard, $1, $2::bigint from generate_series(0, 255) as shard"
  " on conflict (shard) do update set node_id = excluded.node_id, epoch = excluded.epoch";
constexpr auto epoch_sql =
  "insert into shard_epoch (shard, epoch, node_id) select shard, $2::bigint, $1 from generate_series(0, 255) as shard";
constexpr auto stream_epoch_sql =
  "insert into cluster_config (key, value) values ($1, $2) on conflict (key) do nothing";
constexpr auto read_config_sql = "select value from cluster_config where key = $1";
constexpr auto last_nrs_sql =
  "select s.slice, j.nr from generate_series(0, 1023) as s(slice) cross join lateral"
  " (select nr from journal where slice = s.slice order by nr desc limit 1) j";
// A new number is above every epoch in use, whatever happened to the sequence.
constexpr auto incarnation_sql =
  "select greatest(nextval('incarnation'), setval('incarnation', greatest((select last_value from incarnation),"
  " (select coalesce(max(epoch), 0) + 1 from shard_owner))))";

refusal failed(const reply& answer) {
  return refuse(problem_code::journal_unavailable, "cannot take the database over: " + answer.message);
}

/// Runs steps until one fails.
class steps {
 public:
  explicit steps(pg_connection& connection) : connection_(connection) {}

  steps& run(const char* sql, std::initializer_list<parameter> parameters = {}) {
    if (last_.ok())
      last_ = connection_.run(sql, {parameters.begin(), parameters.size()}, patience);
    return *this;
  }
  const reply& last() const { return last_; }

 private:
  pg_connection& connection_;
  reply last_{reply_status::ok};
};

result<std::uint64_t> read_stream_epoch(steps& all) {
  const auto made = make_stream_epoch();
  all.run(stream_epoch_sql, {{stream_epoch_name}, {made}}).run(read_config_sql, {{stream_epoch_name}});
  if (!all.last().ok())
    return failed(all.last());
  const auto text = all.last().at(0, 0);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

result<void> read_last_nrs(steps& all, tenure& t) {
  if (!all.run(last_nrs_sql).last().ok())
    return failed(all.last());
  for (std::size_t i = 0; i < all.last().size(); ++i)
    t.last_nrs[static_cast<std::size_t>(all.last().number(i, 0))] =
      static_cast<std::uint64_t>(all.last().number(i, 1));
  return {};
}

}  // namespace

result<tenure> take_over(pg_connection& connection, const std::string& node_id, unsigned lanes) {
  steps all(connection);
  all.run("begin").run(bump_sql).run(bury_sql).run(incarnation_sql);
  if (!all.last().ok())
    return failed(all.last());
  const std::string incarnation(all.last().at(0, 0)), lane_count = std::to_string(lanes);
  all.run(forget_sql, {{incarnation}}).run(forget_members_sql, {{incarnation}}).run(forget_epochs_sql, {{incarnation}});
  all.run(member_sql, {{node_id}, {incarnation}});
  all.run(lanes_sql, {{node_id}, {incarnation}, {lane_count}});
  all.run(owner_sql, {{node_id}, {incarnation}}).run(epoch_sql, {{node_id}, {incarnation}});
  tenure t;
  if (const auto epoch = read_stream_epoch(all))
    t.stream_epoch = *epoch;
  else
    return epoch.error();
  if (!all.run("commit").last().ok())
    return failed(all.last());
  if (const auto read = read_last_nrs(all, t); !read)
    return read.error();
  std::from_chars(incarnation.data(), incarnation.data() + incarnation.size(), t.owner_epoch);
  for (unsigned lane = 0; lane < lanes; ++lane)
    t.fences.push_back(
      {node_id, static_cast<std::int64_t>(t.owner_epoch), static_cast<std::int16_t>(lane), 1});
  return t;
}

bool is_still_ours(pg_connection& connection, const lane_fence& fence) {
  const auto incarnation = std::to_string(fence.incarnation), lane = std::to_string(fence.lane);
  const parameter parameters[] = {{fence.node_id}, {incarnation}, {lane}};
  const auto row = connection.run("select alive from member_lane where node_id = $1 and incarnation = $2::bigint"
                                  " and lane = $3::smallint", parameters, patience);
  // A server that refuses to answer says nothing about the fence.
  if (row.status == reply_status::refused)
    return true;
  return row.ok() && row.size() == 1 && row.at(0, 0) == "t";
}

std::vector<std::string> unsafe_settings(pg_connection& connection) {
  std::vector<std::string> found;
  const auto rows = connection.run(
    "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')"
    " and setting = 'off' order by name", patience);
  for (std::size_t i = 0; rows.ok() && i < rows.size(); ++i)
    found.push_back(std::string(rows.at(i, 0)) + "=off");
  return found;
}

}  // namespace callboard::postgres
