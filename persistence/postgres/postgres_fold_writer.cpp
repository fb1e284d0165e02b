#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/pg_arrays.hpp"
#include "persistence/postgres/pg_connection.hpp"
#include "persistence/postgres/postgres_parts.hpp"

#include <set>

namespace callboard::postgres {
namespace {

using namespace std::chrono_literals;


constexpr auto patience = 12s;
// A lost fold is folded again, so it need not wait for the disk.
constexpr auto session_sql =
  "set statement_timeout = '10s'; set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '10s';"
  "set synchronous_commit = off; set jit = off; set plan_cache_mode = force_generic_plan; set bytea_output = hex;"
  "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off";

constexpr auto progress_sql = "select slice, nr from fold_progress where fold = 'main' and nr > 0";
constexpr auto clear_sql =
  "begin; truncate lists, list_member, tasks, projection_head;"
  "update fold_progress set nr = 0 where fold = 'main' and nr > 0; commit";

std::string_view raw(const uuid& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }
std::int64_t ms(timestamp at) { return at.time_since_epoch().count(); }
std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

/// A statement over the rows of its arrays, `$1 …` being one array a column.
struct rows_statement {
  rows_statement(const char* its_name, std::string its_sql, std::initializer_list<type_oid> types)
    : name(its_name), sql(std::move(its_sql)), columns(types.begin(), types.end()) {}

  std::string name, sql;
  std::vector<binary_array> columns;

  void start() {
    for (auto& column : columns)
      column.start();
  }
  std::size_t size() const { return columns.front().size(); }
  std::vector<parameter> parameters() {
    std::vector<parameter> all;
    for (auto& column : columns)
      all.push_back({column.finish(), true, column.oid()});
    return all;
  }
};

void add(binary_array& column, const std::optional<uuid>& id) {
  if (id)
    column.add_bytes(raw(*id));
  else
    column.add_null();
}

void add(binary_array& column, const std::optional<timestamp>& at) {
  if (at)
    column.add_time(ms(*at));
  else
    column.add_null();
}

/// `name = case when mask says so then the new value`, for rows of which only some columns are known.
std::string masked_set(std::initializer_list<std::pair<const char*, std::uint32_t>> columns) {
  std::string sql;
  for (const auto& [name, bit] : columns)
    sql += std::string(", ") + name + " = case when u.mask & " + std::to_string(bit) + " <> 0 then u." + name +
           " else t." + name + " end";
  return sql;
}

std::uint32_t bit(list_column c) { return static_cast<std::uint32_t>(c); }
std::uint32_t bit(task_column c) { return static_cast<std::uint32_t>(c); }

class postgres_fold_writer final : public fold_writer {
 public:
  explicit postgres_fold_writer(connection_settings settings) : settings_(std::move(settings)) {}

  result<slice_heads> progress() override {
    const auto rows = connect() ? connection_->run(progress_sql, patience) : reply{};
    if (!rows.ok())
      return unavailable();
    slice_heads heads{};
    for (std::size_t i = 0; i < rows.size(); ++i)
      heads[static_cast<std::size_t>(rows.number(i, 0)) % slice_count] = static_cast<std::uint64_t>(rows.number(i, 1));
    return heads;
  }

  result<std::vector<event_ptr>> unfolded(const slice_heads& heads, std::size_t limit) override;
  fold_status write(const fold_rows& rows, const slice_heads& from, const slice_heads& to) override;

  result<void> clear() override {
    if (!connect() || !connection_->run(clear_sql, patience).ok()) {
      connection_.reset();
      return unavailable();
    }
    return {};
  }

 private:
  static refusal unavailable() {
    return refuse(problem_code::journal_unavailable, "the projections cannot be reached");
  }

  bool connect() {
    if (connection_ && connection_->usable())
      return true;
    prepared_.clear();
    auto opened = pg_connection::open(settings_, session_sql, 3s);
    connection_ = opened ? std::move(*opened) : nullptr;
    return connection_ != nullptr;
  }

  reply run(rows_statement& statement) {
    const auto parameters = statement.parameters();
    if (!prepared_.contains(statement.name)) {
      auto done = connection_->prepare(statement.name, statement.sql, parameters, patience);
      if (!done.ok())
        return done;
      prepared_.insert(statement.name);
    }
    return connection_->run_prepared(statement.name, parameters, patience);
  }

  bool write_if_any(rows_statement& statement) { return statement.size() == 0 || run(statement).ok(); }
  fold_status move_progress(const slice_heads& from, const slice_heads& to);
  bool purge(const fold_rows& rows);
  bool write_lists(const fold_rows& rows);
  bool write_members(const fold_rows& rows);
  bool write_tasks(const fold_rows& rows);
  bool write_heads(const fold_rows& rows);
  void add_task(rows_statement& to, const std::pair<uuid, uuid>& key, const task_change& change);

  connection_settings settings_;
  std::unique_ptr<pg_connection> connection_;
  std::set<std::string> prepared_;

  rows_statement progress_{"progress",
    "update fold_progress p set nr = u.becomes from unnest($1, $2, $3) as u(slice, was, becomes)"
    " where p.fold = 'main' and p.slice = u.slice and p.nr = u.was", {type_oid::int2, type_oid::int8, type_oid::int8}};
  rows_statement purged_tasks_{"purged_tasks", "delete from tasks t using unnest($1) as u(id) where t.list_id = u.id",
                               {type_oid::uuid}};
  rows_statement purged_members_{"purged_members",
    "delete from list_member m using unnest($1) as u(id) where m.list_id = u.id", {type_oid::uuid}};
  rows_statement purged_lists_{"purged_lists", "delete from lists l using unnest($1) as u(id) where l.id = u.id",
                               {type_oid::uuid}};
  rows_statement lists_{"lists",
    "insert into lists as t (id, rev, name, name_folded, created_at, archived_at, deleted)"
    " select u.id, u.rev, u.name, u.name_folded, u.created_at, u.archived_at, u.deleted"
    " from unnest($1, $2, $3, $4, $5, $6, $7, $8) as u(mask, id, rev, name, name_folded, created_at, archived_at,"
    " deleted) on conflict (id) do update set rev = excluded.rev, name = excluded.name,"
    " name_folded = excluded.name_folded, created_at = excluded.created_at, archived_at = excluded.archived_at,"
    " deleted = excluded.deleted where t.rev < excluded.rev",
    {type_oid::int4, type_oid::uuid, type_oid::int8, type_oid::text, type_oid::text, type_oid::timestamptz, type_oid::timestamptz, type_oid::boolean}};
  rows_statement changed_lists_{"changed_lists",
    "update lists t set rev = u.rev" +
      masked_set({{"name", bit(list_column::name)}, {"name_folded", bit(list_column::name)},
                  {"created_at", bit(list_column::created_at)}, {"archived_at", bit(list_column::archived_at)},
                  {"deleted", bit(list_column::deleted)}}) +
      " from unnest($1, $2, $3, $4, $5, $6, $7, $8) as u(mask, id, rev, name, name_folded, created_at, archived_at,"
      " deleted) where t.id = u.id and t.rev < u.rev",
    {type_oid::int4, type_oid::uuid, type_oid::int8, type_oid::text, type_oid::text, type_oid::timestamptz, type_oid::timestamptz, type_oid::boolean}};
  rows_statement members_{"members",
    "insert into list_member as t (list_id, user_id, rev, role) select u.* from unnest($1, $2, $3, $4) as u"
    " on conflict (user_id, list_id) do update set rev = excluded.rev, role = excluded.role"
    " where t.rev < excluded.rev", {type_oid::uuid, type_oid::uuid, type_oid::int8, type_oid::text}};
  rows_statement left_{"left",
    "delete from list_member t using unnest($1, $2, $3) as u(list_id, user_id, rev)"
    " where t.user_id = u.user_id and t.list_id = u.list_id and t.rev < u.rev", {type_oid::uuid, type_oid::uuid, type_oid::int8}};
  rows_statement tasks_{"tasks",
    "insert into tasks as t (list_id, id, rev, deleted, section_id, parent_id, status, priority, due_at, updated_at,"
    " created_at, number, position, title) select u.list_id, u.id, u.rev, u.deleted, u.section_id, u.parent_id,"
    " u.status, u.priority, u.due_at, u.updated_at, u.created_at, u.number, u.position, u.title"
    " from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as u(mask, list_id, id, rev,"
    " deleted, section_id, parent_id, status, priority, due_at, updated_at, created_at, number, position, title)"
    " on conflict (list_id, id) do update set rev = excluded.rev, deleted = excluded.deleted,"
    " section_id = excluded.section_id, parent_id = excluded.parent_id, status = excluded.status,"
    " priority = excluded.priority, due_at = excluded.due_at, updated_at = excluded.updated_at,"
    " created_at = excluded.created_at, number = excluded.number, position = excluded.position,"
    " title = excluded.title where t.rev < excluded.rev",
    {type_oid::int4, type_oid::uuid, type_oid::uuid, type_oid::int8, type_oid::boolean, type_oid::uuid, type_oid::uuid, type_oid::text, type_oid::int4, type_oid::timestamptz, type_oid::timestamptz, type_oid::timestamptz, type_oid::int8, type_oid::text, type_oid::text}};
  rows_statement changed_tasks_{"changed_tasks",
    "update tasks t set rev = u.rev" +
      masked_set({{"deleted", bit(task_column::deleted)}, {"section_id", bit(task_column::section_id)},
                  {"parent_id", bit(task_column::parent_id)}, {"status", bit(task_column::status)},
                  {"priority", bit(task_column::priority)}, {"due_at", bit(task_column::due_at)},
                  {"updated_at", bit(task_column::updated_at)}, {"created_at", bit(task_column::created_at)},
                  {"number", bit(task_column::number)}, {"position", bit(task_column::position)},
                  {"title", bit(task_column::title)}}) +
      " from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as u(mask, list_id, id, rev,"
      " deleted, section_id, parent_id, status, priority, due_at, updated_at, created_at, number, position, title)"
      " where t.list_id = u.list_id and t.id = u.id and t.rev < u.rev",
    {type_oid::int4, type_oid::uuid, type_oid::uuid, type_oid::int8, type_oid::boolean, type_oid::uuid, type_oid::uuid, type_oid::text, type_oid::int4, type_oid::timestamptz, type_oid::timestamptz, type_oid::timestamptz, type_oid::int8, type_oid::text, type_oid::text}};
  rows_statement gone_tasks_{"gone_tasks",
    "delete from tasks t using unnest($1, $2, $3) as u(list_id, id, rev)"
    " where t.list_id = u.list_id and t.id = u.id and t.rev < u.rev", {type_oid::uuid, type_oid::uuid, type_oid::int8}};
  rows_statement heads_{"heads",
    "insert into projection_head as t (kind, id, seq) select u.* from unnest($1, $2, $3) as u"
    " on conflict (kind, id) do update set seq = excluded.seq where t.seq < excluded.seq", {type_oid::int2, type_oid::text, type_oid::int8}};
};

result<std::vector<event_ptr>> postgres_fold_writer::unfolded(const slice_heads& heads, std::size_t limit) {
  static const auto sql =
    std::string("select ") + event_columns + " from unnest($1, $2) as h(slice, nr) cross join lateral"
    " (select * from journal i where i.slice = h.slice and i.nr > h.nr order by i.nr limit $3::bigint) j"
    " limit $3::bigint";
  binary_array slices(type_oid::int2), nrs(type_oid::int8);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    slices.add_int2(static_cast<std::int16_t>(i));
    nrs.add_int8(signed_of(heads[i]));
  }
  const auto most = std::to_string(limit);
  const parameter parameters[] = {{slices.finish(), true, slices.oid()}, {nrs.finish(), true, nrs.oid()}, {most}};
  const auto rows = connect() ? connection_->run(sql, parameters, patience) : reply{};
  if (!rows.ok())
    return unavailable();
  std::vector<event_ptr> events;
  events.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    event_texts texts;
    for (std::size_t c = 0; c < texts.size(); ++c)
      texts[c] = rows.at(i, static_cast<int>(c));
    auto event = read_event(texts);
    if (!event)
      return event.error();
    events.push_back(std::move(*event));
  }
  return events;
}

fold_status postgres_fold_writer::write(const fold_rows& rows, const slice_heads& from, const slice_heads& to) {
  if (!connect() || !connection_->run("begin", patience).ok())
    return fold_status::unavailable;
  auto status = move_progress(from, to);
  if (status == fold_status::written &&
      !(purge(rows) && write_lists(rows) && write_members(rows) && write_tasks(rows) && write_heads(rows)))
    status = fold_status::unavailable;
  if (!connection_->run(status == fold_status::written ? "commit" : "rollback", patience).ok()) {
    // Whether it committed shows in the progress, which the next try compares.
    connection_.reset();
    return fold_status::unavailable;
  }
  return status;
}

fold_status postgres_fold_writer::move_progress(const slice_heads& from, const slice_heads& to) {
  progress_.start();
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[i]) {
      progress_.columns[0].add_int2(static_cast<std::int16_t>(i));
      progress_.columns[1].add_int8(signed_of(from[i]));
      progress_.columns[2].add_int8(signed_of(to[i]));
    }
  if (progress_.size() == 0)
    return fold_status::written;
  const auto moved = run(progress_);
  if (!moved.ok())
    return fold_status::unavailable;
  return moved.affected() == progress_.size() ? fold_status::written : fold_status::moved;
}

bool postgres_fold_writer::purge(const fold_rows& rows) {
  if (rows.purged_lists.empty())
    return true;
  for (auto* statement : {&purged_tasks_, &purged_members_, &purged_lists_}) {
    statement->start();
    for (const auto& [id, rev] : rows.purged_lists)
      statement->columns[0].add_bytes(raw(id));
    if (!run(*statement).ok())
      return false;
  }
  return true;
}

bool postgres_fold_writer::write_lists(const fold_rows& rows) {
  lists_.start();
  changed_lists_.start();
  for (const auto& [id, change] : rows.lists) {
    auto& c = (change.mask == bit(list_column::all) ? lists_ : changed_lists_).columns;
    c[0].add_int4(static_cast<std::int32_t>(change.mask));
    c[1].add_bytes(raw(id));
    c[2].add_int8(signed_of(change.rev));
    c[3].add_bytes(change.name);
    c[4].add_bytes(change.name_folded);
    c[5].add_time(ms(change.created_at));
    add(c[6], change.archived_at);
    c[7].add_bool(change.deleted);
  }
  return write_if_any(lists_) && write_if_any(changed_lists_);
}

bool postgres_fold_writer::write_members(const fold_rows& rows) {
  members_.start();
  left_.start();
  for (const auto& [key, change] : rows.members) {
    auto& c = (change.role.empty() ? left_ : members_).columns;
    c[0].add_bytes(raw(key.first));
    c[1].add_bytes(raw(key.second));
    c[2].add_int8(signed_of(change.rev));
    if (!change.role.empty())
      c[3].add_bytes(change.role);
  }
  return write_if_any(left_) && write_if_any(members_);
}

void postgres_fold_writer::add_task(rows_statement& to, const std::pair<uuid, uuid>& key,
                                    const task_change& change) {
  auto& c = to.columns;
  c[0].add_int4(static_cast<std::int32_t>(change.mask));
  c[1].add_bytes(raw(key.first));
  c[2].add_bytes(raw(key.second));
  c[3].add_int8(signed_of(change.rev));
  c[4].add_bool(change.deleted);
  add(c[5], change.section_id);
  add(c[6], change.parent_id);
  c[7].add_bytes(change.status);
  c[8].add_int4(change.priority);
  add(c[9], change.due_at);
  c[10].add_time(ms(change.updated_at));
  c[11].add_time(ms(change.created_at));
  c[12].add_int8(signed_of(change.number));
  c[13].add_bytes(change.position);
  c[14].add_bytes(change.title);
}

bool postgres_fold_writer::write_tasks(const fold_rows& rows) {
  for (auto* statement : {&tasks_, &changed_tasks_, &gone_tasks_})
    statement->start();
  for (const auto& [key, change] : rows.tasks) {
    if (!change.gone) {
      add_task(change.mask == bit(task_column::all) ? tasks_ : changed_tasks_, key, change);
      continue;
    }
    gone_tasks_.columns[0].add_bytes(raw(key.first));
    gone_tasks_.columns[1].add_bytes(raw(key.second));
    gone_tasks_.columns[2].add_int8(signed_of(change.rev));
  }
  return write_if_any(gone_tasks_) && write_if_any(tasks_) && write_if_any(changed_tasks_);
}

bool postgres_fold_writer::write_heads(const fold_rows& rows) {
  heads_.start();
  for (const auto& [ref, seq] : rows.heads) {
    heads_.columns[0].add_int2(static_cast<std::int16_t>(ref.kind));
    heads_.columns[1].add_bytes(ref.id);
    heads_.columns[2].add_int8(signed_of(seq));
  }
  return write_if_any(heads_);
}

}  // namespace

std::unique_ptr<fold_writer> make_fold_writer(connection_settings settings) {
  return std::make_unique<postgres_fold_writer>(std::move(settings));
}

}  // namespace callboard::postgres
