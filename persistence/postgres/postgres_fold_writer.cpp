#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/pg_arrays.hpp"
#include "persistence/postgres/pg_connection.hpp"
#include "persistence/postgres/postgres_parts.hpp"

#include <algorithm>
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

constexpr auto progress_sql = "select part, nrs from fold_progress where fold = 'main'";
constexpr auto clear_sql =
  "begin; truncate lists, list_member, tasks;"
  "update fold_progress set nrs = decode(repeat('00', 512), 'hex') where fold = 'main'; commit";
constexpr std::size_t slices_a_part = 64, parts = slice_count / slices_a_part;

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

/// The numbers of a part's slices, as `fold_progress.nrs` keeps them.
std::string packed(const slice_heads& heads, std::size_t part) {
  std::string out;
  for (std::size_t i = 0; i < slices_a_part; ++i)
    out += binary_int8(signed_of(heads[part * slices_a_part + i]));
  return out;
}

bool unpack(std::string_view text, std::size_t part, slice_heads& heads) {
  const auto bytes = bytes_of(text);
  if (!bytes || bytes->size() != slices_a_part * 8 || part >= parts)
    return false;
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    auto& nr = heads[part * slices_a_part + i / 8];
    nr = nr << 8 | static_cast<std::uint8_t>((*bytes)[i]);
  }
  return true;
}

class postgres_fold_writer final : public fold_writer {
 public:
  explicit postgres_fold_writer(connection_settings settings) : settings_(std::move(settings)) {}

  result<slice_heads> progress() override {
    const auto rows = connect() ? connection_->run(progress_sql, patience) : reply{};
    if (!rows.ok())
      return unavailable();
    slice_heads heads{};
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!unpack(rows.at(i, 1), static_cast<std::size_t>(rows.number(i, 0)), heads))
        return refuse(problem_code::internal, "the store holds a damaged progress of the projections");
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

  connection_settings settings_;
  std::unique_ptr<pg_connection> connection_;
  std::set<std::string> prepared_;

  rows_statement progress_{"progress",
    "update fold_progress p set nrs = u.becomes from unnest($1, $2, $3) as u(part, was, becomes)"
    " where p.fold = 'main' and p.part = u.part and p.nrs = u.was",
    {type_oid::int2, type_oid::bytea, type_oid::bytea}};
  // No index leads from a list to its tasks: a purge is rare, and the list's events name them all.
  rows_statement purged_tasks_{"purged_tasks",
    "delete from tasks where ctid = any (array(select t.ctid from unnest($1) as l(id)"
    " cross join lateral (select distinct j.meta::jsonb ->> 'part' as task from journal j"
    "  where j.kind = 1 and j.id = l.id::text and j.type like 'task.%' offset 0) p"
    " cross join lateral (select i.ctid from tasks i where i.id = p.task::uuid and i.list_id = l.id offset 0) t))",
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
      " from (select v.*, l.ctid as place from unnest($1, $2, $3, $4, $5, $6, $7, $8) as v(mask, id, rev, name,"
      " name_folded, created_at, archived_at, deleted) cross join lateral"
      " (select ctid from lists i where i.id = v.id offset 0) l) u where t.ctid = u.place and t.rev < u.rev",
    {type_oid::int4, type_oid::uuid, type_oid::int8, type_oid::text, type_oid::text, type_oid::timestamptz, type_oid::timestamptz, type_oid::boolean}};
  rows_statement members_{"members",
    "insert into list_member as t (list_id, user_id, rev, role) select u.* from unnest($1, $2, $3, $4) as u"
    " on conflict (user_id, list_id) do update set rev = excluded.rev, role = excluded.role"
    " where t.rev < excluded.rev", {type_oid::uuid, type_oid::uuid, type_oid::int8, type_oid::text}};
  rows_statement left_{"left",
    "delete from list_member where ctid = any (array(select m.ctid from unnest($1, $2, $3) as u(list_id, user_id, rev)"
    " cross join lateral (select i.ctid from list_member i where i.user_id = u.user_id and i.list_id = u.list_id"
    "  and i.rev < u.rev offset 0) m))", {type_oid::uuid, type_oid::uuid, type_oid::int8}};
  rows_statement tasks_{"tasks", "insert into tasks (list_id, id) select u.* from unnest($1, $2) as u"
                                 " on conflict do nothing", {type_oid::uuid, type_oid::uuid}};
  rows_statement gone_tasks_{"gone_tasks",
    "delete from tasks where ctid = any (array(select t.ctid from unnest($1, $2) as u(list_id, id) cross join lateral"
    " (select i.ctid from tasks i where i.id = u.id and i.list_id = u.list_id offset 0) t))",
    {type_oid::uuid, type_oid::uuid}};
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
      !(purge(rows) && write_lists(rows) && write_members(rows) && write_tasks(rows)))
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
  for (std::size_t part = 0; part < parts; ++part) {
    const auto first = static_cast<std::ptrdiff_t>(part * slices_a_part);
    if (std::equal(from.begin() + first, from.begin() + first + slices_a_part, to.begin() + first))
      continue;
    progress_.columns[0].add_int2(static_cast<std::int16_t>(part));
    progress_.columns[1].add_bytes(packed(from, part));
    progress_.columns[2].add_bytes(packed(to, part));
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

bool postgres_fold_writer::write_tasks(const fold_rows& rows) {
  tasks_.start();
  gone_tasks_.start();
  for (const auto& [key, there] : rows.tasks) {
    auto& c = (there ? tasks_ : gone_tasks_).columns;
    c[0].add_bytes(raw(key.first));
    c[1].add_bytes(raw(key.second));
  }
  return write_if_any(gone_tasks_) && write_if_any(tasks_);
}

}  // namespace

std::unique_ptr<fold_writer> make_fold_writer(connection_settings settings) {
  return std::make_unique<postgres_fold_writer>(std::move(settings));
}

}  // namespace callboard::postgres
