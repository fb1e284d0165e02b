#include "persistence/postgres/postgres_reads.hpp"

#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/snapshot_codec.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <limits>

namespace callboard::postgres {
namespace {

const std::string events_sql = std::string("select ") + event_columns +
                               " from journal j where j.kind = $1 and j.id = $2 and j.seq > $3 order by j.seq limit $4";
// One seek of the index an entity, however many events it has.
constexpr auto entity_ids_sql =
  "with recursive found(id) as (select min(id) from journal where kind = $1 and id > $2 union all"
  " select (select min(id) from journal where kind = $1 and id > found.id) from found where found.id is not null)"
  " select id from found where id is not null limit $3";
constexpr auto snapshot_sql =
  "select seq, link, (extract(epoch from at) * 1000)::bigint, state from snapshot where kind = $1 and id = $2"
  " and seq <= $3 order by seq desc limit 1";
// Of those before it, the last of every 2,000 events stays, unless all are to go ($8).
constexpr auto put_snapshot_sql =
  "with put as (insert into snapshot (kind, id, slice, seq, at, link, state)"
  " values ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, $7)"
  " on conflict (kind, id, seq) do update set at = excluded.at, link = excluded.link, state = excluded.state)"
  " delete from snapshot where kind = $1 and id = $2 and seq < $4 and ($8 or seq / 2000 = $4::bigint / 2000)";
constexpr auto outcome_columns =
  "select principal, key_hash, op_id, body_hash, status, seq, answer, (extract(epoch from at) * 1000)::bigint"
  " from outcome";
constexpr auto timers_sql =
  "select kind, id, name, gen, (extract(epoch from due_at) * 1000)::bigint from timer"
  " where due_at < to_timestamp($1 / 1000.0) order by due_at, slice limit $2";
constexpr auto outbox_sql =
  "select slice, nr, ix, source_kind, source_id, source_seq, to_kind, to_id, type, args, attempts,"
  " (extract(epoch from created_at) * 1000)::bigint from outbox where (slice, nr, ix) > ($1, $2, $3)"
  " order by slice, nr, ix limit $4";
constexpr auto prune_sql =
  "delete from outcome where ctid = any (array (select ctid from outcome where at < to_timestamp($1 / 1000.0)"
  " limit $2))";

constexpr std::size_t page_size = 10'000;
constexpr std::uint64_t any_seq = std::numeric_limits<std::int64_t>::max();

int number(entity_kind kind) { return static_cast<int>(kind); }
std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t ms(timestamp at) { return at.time_since_epoch().count(); }
std::string_view view(const pqxx::field& field) { return {field.c_str(), field.size()}; }
std::uint64_t unsigned_at(const pqxx::row& row, int column) {
  return static_cast<std::uint64_t>(to_number(view(row[column])));
}

pqxx::binarystring binary(const std::array<std::uint8_t, 16>& bytes) { return {bytes.data(), bytes.size()}; }

refusal damaged(const char* what) {
  return refuse(problem_code::internal, std::string("the store holds a damaged ") + what);
}

result<void> append_events(pqxx::transaction_base& tx, const entity_ref& ref, std::uint64_t after, std::size_t limit,
                           std::vector<event_ptr>& out) {
  const auto rows = tx.exec_params(events_sql, number(ref.kind), ref.id, signed_of(after), signed_of(limit));
  out.reserve(out.size() + rows.size());
  for (const auto& row : rows) {
    event_texts texts;
    for (std::size_t c = 0; c < texts.size(); ++c)
      texts[c] = view(row[static_cast<int>(c)]);
    auto event = read_event(texts);
    if (!event)
      return event.error();
    out.push_back(std::move(*event));
  }
  return {};
}

result<std::optional<snapshot_row>> read_snapshot(pqxx::transaction_base& tx, const entity_ref& ref, std::uint64_t seq) {
  const auto rows = tx.exec_params(snapshot_sql, number(ref.kind), ref.id, signed_of(seq));
  if (rows.empty())
    return std::optional<snapshot_row>();
  const auto row = rows[0];
  const auto packed = bytes_of(view(row[3]));
  auto state = packed ? unpack_snapshot(*packed) : std::nullopt;
  if (!state)
    return std::optional<snapshot_row>();  // The journal has everything that a damaged snapshot had.
  snapshot_row snapshot;
  snapshot.entity = ref;
  snapshot.seq = unsigned_at(row, 0);
  snapshot.link = sixteen_bytes(view(row[1]));
  snapshot.at = to_time(view(row[2]));
  snapshot.state = std::move(*state);
  return std::optional(std::move(snapshot));
}

result<std::optional<outcome_row>> first_outcome(const pqxx::result& rows) {
  if (rows.empty())
    return std::optional<outcome_row>();
  const auto row = rows[0];
  const auto principal = parse_uuid(view(row[0]));
  auto answer = bytes_of(view(row[6]));
  if (!answer)
    return damaged("outcome");
  outcome_row out;
  out.principal = principal.value_or(uuid{});
  out.key_hash = sixteen_bytes(view(row[1]));
  if (!row[2].is_null())
    out.op_id = parse_uuid(view(row[2]));
  out.body_hash = sixteen_bytes(view(row[3]));
  out.status = static_cast<std::uint16_t>(unsigned_at(row, 4));
  out.seq = unsigned_at(row, 5);
  out.answer = std::move(*answer);
  out.at = to_time(view(row[7]));
  return std::optional(std::move(out));
}

result<outbox_row> read_outbox(const pqxx::row& row) {
  const auto source = kind_of(view(row[3])), target = kind_of(view(row[6]));
  if (!source || !target)
    return damaged("outbox row");
  outbox_row out;
  out.id = {static_cast<std::uint16_t>(unsigned_at(row, 0)), unsigned_at(row, 1),
            static_cast<std::uint32_t>(unsigned_at(row, 2))};
  out.source = {*source, row[4].c_str()};
  out.source_seq = unsigned_at(row, 5);
  out.message = {{*target, row[7].c_str()}, row[8].c_str(), row[9].c_str()};
  out.attempts = static_cast<std::uint32_t>(unsigned_at(row, 10));
  out.created_at = to_time(view(row[11]));
  return out;
}

}  // namespace

result<loaded_entity> postgres_reads::load(const entity_ref& ref) {
  loaded_entity loaded;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    loaded = {};
    auto snapshot = read_snapshot(tx, ref, any_seq);
    if (!snapshot)
      return snapshot.error();
    loaded.snapshot = std::move(*snapshot);
    auto after = loaded.snapshot ? loaded.snapshot->seq : 0;
    for (std::size_t had = 0;; had = loaded.tail.size()) {
      if (const auto page = append_events(tx, ref, after, page_size, loaded.tail); !page)
        return page;
      if (loaded.tail.size() - had < page_size)
        return {};
      after = loaded.tail.back()->seq;
    }
  });
  if (!done)
    return done.error();
  return loaded;
}

result<std::vector<event_ptr>> postgres_reads::events(const entity_ref& ref, std::uint64_t after, std::size_t limit) {
  std::vector<event_ptr> found;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    found.clear();
    return append_events(tx, ref, after, limit, found);
  });
  if (!done)
    return done.error();
  return found;
}

result<std::vector<std::string>> postgres_reads::entity_ids(entity_kind kind, const std::string& after,
                                                            std::size_t limit) {
  std::vector<std::string> ids;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    ids.clear();
    for (const auto& row : tx.exec_params(entity_ids_sql, number(kind), after, signed_of(limit)))
      ids.emplace_back(view(row[0]));
    return {};
  });
  if (!done)
    return done.error();
  return ids;
}

result<std::optional<outcome_row>> postgres_reads::find_outcome(const entity_ref& ref, const uuid& principal,
                                                                const std::array<std::uint8_t, 16>& key_hash) {
  static const auto sql = std::string(outcome_columns) +
                          " where slice = $1 and kind = $2 and id = $3 and principal = $4::uuid and key_hash = $5";
  std::optional<outcome_row> found;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    auto first = first_outcome(tx.exec_params(sql, static_cast<int>(slice_of(ref)), number(ref.kind), ref.id,
                                              to_string(principal), binary(key_hash)));
    if (!first)
      return first.error();
    found = std::move(*first);
    return {};
  });
  if (!done)
    return done.error();
  return found;
}

result<std::optional<outcome_row>> postgres_reads::find_command(const uuid& principal, const uuid& op_id) {
  static const auto sql = std::string(outcome_columns) + " where principal = $1::uuid and op_id = $2::uuid limit 1";
  std::optional<outcome_row> found;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    auto first = first_outcome(tx.exec_params(sql, to_string(principal), to_string(op_id)));
    if (!first)
      return first.error();
    found = std::move(*first);
    return {};
  });
  if (!done)
    return done.error();
  return found;
}

result<void> postgres_reads::put_snapshot(const snapshot_row& row) {
  const auto packed = pack_snapshot(row.state);
  return readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    tx.exec_params(put_snapshot_sql, number(row.entity.kind), row.entity.id,
                   static_cast<int>(slice_of(row.entity)), signed_of(row.seq), ms(row.at), binary(row.link),
                   pqxx::binarystring(packed), row.forget_older);
    return {};
  });
}

result<std::optional<snapshot_row>> postgres_reads::snapshot_before(const entity_ref& ref, std::uint64_t seq) {
  std::optional<snapshot_row> found;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    auto read = read_snapshot(tx, ref, std::min(seq, any_seq));
    if (!read)
      return read.error();
    found = std::move(*read);
    return {};
  });
  if (!done)
    return done.error();
  return found;
}

result<std::vector<timer_row>> postgres_reads::timers_due(timestamp before, std::size_t limit) {
  std::vector<timer_row> due;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    due.clear();
    for (const auto& row : tx.exec_params(timers_sql, ms(before), signed_of(limit))) {
      const auto kind = kind_of(view(row[0]));
      if (!kind)
        return kind.error();
      due.push_back({{*kind, row[1].c_str()}, row[2].c_str(), unsigned_at(row, 3), to_time(view(row[4]))});
    }
    return {};
  });
  if (!done)
    return done.error();
  return due;
}

result<std::vector<outbox_row>> postgres_reads::outbox_pending(const outbox_id& after, std::size_t limit) {
  std::vector<outbox_row> pending;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    pending.clear();
    for (const auto& row : tx.exec_params(outbox_sql, static_cast<int>(after.slice), signed_of(after.nr),
                                          static_cast<std::int64_t>(after.index), signed_of(limit))) {
      auto one = read_outbox(row);
      if (!one)
        return one.error();
      pending.push_back(std::move(*one));
    }
    return {};
  });
  if (!done)
    return done.error();
  return pending;
}

result<std::size_t> postgres_reads::prune_outcomes(timestamp before, std::size_t limit) {
  std::size_t count = 0;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    count = tx.exec_params(prune_sql, ms(before), signed_of(limit)).affected_rows();
    return {};
  });
  if (!done)
    return done.error();
  return count;
}

}  // namespace callboard::postgres
