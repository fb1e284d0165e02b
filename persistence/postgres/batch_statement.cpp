#include "persistence/postgres/batch_statement.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace callboard::postgres {
namespace {

constexpr auto fence_sql =
  "with fence as materialized (select 1 from member_lane"
  " where node_id = $1 and incarnation = $2 and lane = $3 and fence = $4 and alive for share)";

std::vector<binary_array> columns_of(std::initializer_list<type_oid> types) {
  return {types.begin(), types.end()};
}

std::string_view raw(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::int16_t number(entity_kind kind) { return static_cast<std::int16_t>(kind); }
std::int64_t ms(timestamp at) { return at.time_since_epoch().count(); }

void add_unnested(std::string& sql, std::size_t first, std::size_t count) {
  sql += "unnest(";
  for (std::size_t i = 0; i < count; ++i)
    sql += (i ? ", $" : "$") + std::to_string(first + i);
  sql += ")";
}

/// The operations of a batch on one timer: set, or cancelled up to a generation.
struct timer_sum {
  const entity_ref* owner = nullptr;
  const std::string* name = nullptr;
  std::int64_t gen = -1;
  std::optional<timestamp> due_at;

  void take(const timer_op& op) {
    const auto op_gen = static_cast<std::int64_t>(op.gen);
    if (op.due_at) {
      gen = op_gen;
      due_at = op.due_at;
    } else if (!due_at) {
      gen = std::max(gen, op_gen);
    } else if (gen <= op_gen) {
      // The setting took the place of whatever stood there, and is cancelled.
      gen = std::numeric_limits<std::int64_t>::max();
      due_at.reset();
    }
  }
};

parameter as_parameter(binary_array& column) { return {column.finish(), true, column.oid()}; }

}  // namespace

batch_statement::batch_statement() : parts_(part_count) {
  using enum type_oid;
  parts_[journal] = {
    "insert into journal (slice, nr, kind, seq, epoch, at, id, type, actor, payload, meta, link)"
    " select u.* from fence, ", " as u",
    columns_of({int2, int8, int2, int8, int8, timestamptz, text, text, text, text, text, bytea}), {}};
  parts_[timer_set] = {
    "insert into timer (kind, id, name, slice, gen, due_at) select u.* from fence, ",
    " as u on conflict (kind, id, name) do update set gen = excluded.gen, due_at = excluded.due_at",
    columns_of({int2, text, text, int2, int8, timestamptz}), {}};
  parts_[timer_cancel] = {
    "delete from timer t using fence, ",
    " as u(kind, id, name, gen) where t.kind = u.kind and t.id = u.id and t.name = u.name and t.gen <= u.gen",
    columns_of({int2, text, text, int8}), {}};
  parts_[outbox] = {
    "insert into outbox (slice, nr, ix, source_kind, source_id, source_seq, to_kind, to_id, type, args, attempts,"
    " created_at) select u.* from fence, ", " as u",
    columns_of({int2, int8, int4, int2, text, int8, int2, text, text, text, int4, timestamptz}), {}};
  parts_[outbox_done] = {
    "delete from outbox o using fence, ",
    " as u(slice, nr, ix) where o.slice = u.slice and o.nr = u.nr and o.ix = u.ix",
    columns_of({int2, int8, int4}), {}};
  parts_[outcome] = {
    "insert into outcome (slice, kind, id, principal, key_hash, op_id, body_hash, status, seq, answer, at)"
    " select u.* from fence, ", " as u",
    columns_of({int2, int2, text, uuid, bytea, uuid, bytea, int2, int8, bytea, timestamptz}), {}};
}

void batch_statement::build(std::span<lane_item* const> items, const lane_fence& fence) {
  for (auto& part : parts_) {
    for (auto& column : part.columns)
      column.start();
    part.item_of_row.clear();
  }
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    const auto& item = *items[i];
    for (const auto& event : item.events)
      add_event(*event, i);
    if (!item.outbox.empty() || !item.outbox_done.empty())
      add_outbox(item);
    if (item.outcome)
      add_outcome(*item.outcome, item.owner->ref, i);
  }
  if (std::ranges::any_of(items, [](const auto* item) { return !item->timers.empty(); }))
    add_timers(items);
  collect_parameters(fence);
}

void batch_statement::add_event(const recorded_event& event, std::uint32_t item) {
  auto& c = parts_[journal].columns;
  c[0].add_int2(static_cast<std::int16_t>(event.slice));
  c[1].add_int8(static_cast<std::int64_t>(event.nr));
  c[2].add_int2(number(event.entity->kind));
  c[3].add_int8(static_cast<std::int64_t>(event.seq));
  c[4].add_int8(static_cast<std::int64_t>(event.epoch));
  c[5].add_time(ms(event.at));
  c[6].add_bytes(event.entity->id);
  c[7].add_bytes(event.type);
  c[8].add_pair(to_string(event.actor), event.actor_id);
  c[9].add_bytes(*event.data);
  c[10].add_bytes(encode_meta(event.meta));
  c[11].add_bytes(raw(event.link));
  parts_[journal].item_of_row.push_back(item);
}

// One statement may touch a row only once: what the operations on a timer come to, one after the other, is written.
void batch_statement::add_timers(std::span<lane_item* const> items) {
  std::unordered_map<std::string, timer_sum> sums;
  for (const auto* item : items)
    for (const auto& op : item->timers) {
      const auto& ref = item->owner->ref;
      auto& sum = sums[std::to_string(number(ref.kind)) + ':' + ref.id + '\n' + op.name];
      sum.owner = &ref;
      sum.name = &op.name;
      sum.take(op);
    }
  for (const auto& [key, sum] : sums) {
    auto& c = parts_[sum.due_at ? timer_set : timer_cancel].columns;
    c[0].add_int2(number(sum.owner->kind));
    c[1].add_bytes(sum.owner->id);
    c[2].add_bytes(*sum.name);
    if (!sum.due_at) {
      c[3].add_int8(sum.gen);
      continue;
    }
    c[3].add_int2(static_cast<std::int16_t>(slice_of(*sum.owner)));
    c[4].add_int8(sum.gen);
    c[5].add_time(ms(*sum.due_at));
  }
}

void batch_statement::add_outbox(const lane_item& item) {
  auto& c = parts_[outbox].columns;
  for (const auto& row : item.outbox) {
    c[0].add_int2(static_cast<std::int16_t>(row.id.slice));
    c[1].add_int8(static_cast<std::int64_t>(row.id.nr));
    c[2].add_int4(static_cast<std::int32_t>(row.id.index));
    c[3].add_int2(number(row.source.kind));
    c[4].add_bytes(row.source.id);
    c[5].add_int8(static_cast<std::int64_t>(row.source_seq));
    c[6].add_int2(number(row.message.to.kind));
    c[7].add_bytes(row.message.to.id);
    c[8].add_bytes(row.message.type);
    c[9].add_bytes(row.message.args);
    c[10].add_int4(static_cast<std::int32_t>(row.attempts));
    c[11].add_time(ms(row.created_at));
  }
  auto& done = parts_[outbox_done].columns;
  for (const auto& id : item.outbox_done) {
    done[0].add_int2(static_cast<std::int16_t>(id.slice));
    done[1].add_int8(static_cast<std::int64_t>(id.nr));
    done[2].add_int4(static_cast<std::int32_t>(id.index));
  }
}

void batch_statement::add_outcome(const outcome_row& row, const entity_ref& owner, std::uint32_t item) {
  auto& c = parts_[outcome].columns;
  c[0].add_int2(static_cast<std::int16_t>(slice_of(owner)));
  c[1].add_int2(number(owner.kind));
  c[2].add_bytes(owner.id);
  c[3].add_bytes(raw(row.principal.bytes));
  c[4].add_bytes(raw(row.key_hash));
  if (row.op_id)
    c[5].add_bytes(raw(row.op_id->bytes));
  else
    c[5].add_null();
  c[6].add_bytes(raw(row.body_hash));
  c[7].add_int2(static_cast<std::int16_t>(row.status));
  c[8].add_int8(static_cast<std::int64_t>(row.seq));
  c[9].add_bytes(row.answer);
  c[10].add_time(ms(row.at));
  parts_[outcome].item_of_row.push_back(item);
}

void batch_statement::collect_parameters(const lane_fence& fence) {
  node_id_ = fence.node_id;
  incarnation_ = std::to_string(fence.incarnation);
  lane_ = std::to_string(fence.lane);
  fence_ = std::to_string(fence.fence);
  constexpr auto text = static_cast<std::uint32_t>(type_oid::text), int8 = static_cast<std::uint32_t>(type_oid::int8),
                 int2 = static_cast<std::uint32_t>(type_oid::int2);
  parameters_ = {{node_id_, false, text}, {incarnation_, false, int8}, {lane_, false, int2}, {fence_, false, int8}};
  name_ = "batch";
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].columns.front().size() == 0)
      continue;
    name_ += "_" + std::to_string(i);
    for (auto& column : parts_[i].columns)
      parameters_.push_back(as_parameter(column));
  }
}

std::string batch_statement::sql() const {
  std::string sql = fence_sql;
  std::size_t next = 5;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& part = parts_[i];
    if (part.columns.front().size() == 0)
      continue;
    sql += ", part_" + std::to_string(i) + " as (" + part.before;
    add_unnested(sql, next, part.columns.size());
    sql += std::string(part.after) + ")";
    next += part.columns.size();
  }
  return sql + " select count(*) from fence";
}

batch_statement::question batch_statement::ask(part_number which, const std::string& head, const std::string& tail,
                                               std::vector<int> columns) {
  question q;
  for (const int c : columns)
    q.parameters.push_back(as_parameter(parts_[which].columns[static_cast<std::size_t>(c)]));
  q.sql = head;
  add_unnested(q.sql, 1, columns.size());
  q.sql += tail;
  return q;
}

std::optional<batch_statement::question> batch_statement::who_violates(const std::string& constraint) {
  if (constraint == "journal_entity_seq")
    return ask(journal, "select min(u.row) from ",
               " with ordinality as u(kind, id, seq, row) join journal j on j.kind = u.kind and j.id = u.id"
               " and j.seq = u.seq", {2, 6, 3});
  if (constraint == "outcome_pkey")
    return ask(outcome, "select min(u.row) from ",
               " with ordinality as u(slice, kind, id, principal, key_hash, row) join outcome o on o.slice = u.slice"
               " and o.kind = u.kind and o.id = u.id and o.principal = u.principal and o.key_hash = u.key_hash",
               {0, 1, 2, 3, 4});
  return std::nullopt;
}

std::optional<std::size_t> batch_statement::item_of(const std::string& constraint, std::int64_t ordinal) const {
  const auto& rows = parts_[constraint == "outcome_pkey" ? outcome : journal].item_of_row;
  if (ordinal < 1 || static_cast<std::size_t>(ordinal) > rows.size())
    return std::nullopt;
  return rows[static_cast<std::size_t>(ordinal - 1)];
}

// The link tells our row from another that took the same number.
std::optional<batch_statement::question> batch_statement::is_written() {
  if (parts_[journal].columns.front().size() > 0)
    return ask(journal, "select count(*) from ",
               " as u(slice, nr, kind, id, seq, link) join journal j on j.slice = u.slice and j.nr = u.nr"
               " where j.kind = u.kind and j.id = u.id and j.seq = u.seq and j.link = u.link",
               {0, 1, 2, 6, 3, 11});
  if (parts_[outcome].columns.front().size() > 0)
    return ask(outcome, "select count(*) from ",
               " as u(slice, kind, id, principal, key_hash) join outcome o on o.slice = u.slice"
               " and o.kind = u.kind and o.id = u.id and o.principal = u.principal and o.key_hash = u.key_hash",
               {0, 1, 2, 3, 4});
  return std::nullopt;
}

}  // namespace callboard::postgres
