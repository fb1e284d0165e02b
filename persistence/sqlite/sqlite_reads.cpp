#include "persistence/sqlite/sqlite_reads.hpp"

#include "persistence/sqlite/event_rows.hpp"

#include <sqlite3.h>
#include <zstd.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace callboard::sqlite {
namespace {

constexpr auto indexed_events_sql =
  "select j.kind, j.id, slice, nr, j.seq, epoch, at, type, actor, link, meta, payload from journal_index i "
  "join journal j on j.position = i.position where i.kind = ? and i.id = ? and i.seq > ? order by i.seq limit ?";
constexpr auto event_at_sql =
  "select kind, id, slice, nr, seq, epoch, at, type, actor, link, meta, payload from journal "
  "where position = ? and kind = ? and id = ? and seq = ?";
constexpr auto snapshot_sql =
  "select seq, link, at, state from snapshot where kind = ? and id = ? and seq <= ? "
  "order by seq desc limit 1";
// One seek of the index an entity, however many events it has.
constexpr auto entity_ids_sql =
  "with recursive found(id) as (select min(id) from journal_index where kind = ?1 and id > ?2 union all "
  "select (select min(id) from journal_index where kind = ?1 and id > found.id) from found where found.id is not null) "
  "select id from found where id is not null limit ?3";
constexpr auto position_sql = "select position from journal_index where kind = ? and id = ? and seq = ?";
constexpr auto outcome_sql =
  "select principal, key_hash, op_id, body_hash, status, seq, answer, at from outcome "
  "where kind = ? and id = ? and principal = ? and key_hash = ?";
constexpr auto command_sql =
  "select principal, key_hash, op_id, body_hash, status, seq, answer, at from outcome "
  "where principal = ? and op_id = ? limit 1";
constexpr auto timers_sql = "select kind, id, name, gen, due_at from timer where due_at < ? order by due_at limit ?";
constexpr auto outbox_sql =
  "select slice, nr, ix, kind, id, seq, target_kind, target_id, type, args, attempts, created_at from outbox "
  "where (slice, nr, ix) > (?, ?, ?) order by slice, nr, ix limit ?";

constexpr std::uint64_t any_seq = std::numeric_limits<std::int64_t>::max();

// Longer reads would hold the WAL back.
constexpr std::size_t page_events = 2'000;

int number(entity_kind kind) { return static_cast<int>(kind); }

timestamp time_at(const statement& row, int column) {
  return timestamp{std::chrono::milliseconds{row.integer(column)}};
}

entity_ref ref_at(const statement& row, int column) {
  return {static_cast<entity_kind>(row.integer(column)), std::string(row.text(column + 1))};
}

/// Hands every row to `take`.
template <class Take>
result<void> each_row(connection& db, statement& query, Take&& take) {
  int code;
  while ((code = query.step()) == SQLITE_ROW)
    if (auto taken = take(query); !taken)
      return taken.error();
  if (code != SQLITE_DONE)
    return db.failure("a query");
  return {};
}

outcome_row read_outcome(const statement& row) {
  outcome_row out;
  out.principal = uuid{row.bytes<16>(0)};
  out.key_hash = row.bytes<16>(1);
  if (!row.is_null(2))
    out.op_id = uuid{row.bytes<16>(2)};
  out.body_hash = row.bytes<16>(3);
  out.status = static_cast<std::uint16_t>(row.integer(4));
  out.seq = row.natural(5);
  out.answer = row.blob(6);
  out.at = time_at(row, 7);
  return out;
}

outbox_row read_outbox(const statement& row) {
  outbox_row out;
  out.id = {static_cast<std::uint16_t>(row.integer(0)), row.natural(1), static_cast<std::uint32_t>(row.integer(2))};
  out.source = ref_at(row, 3);
  out.source_seq = row.natural(5);
  out.message.to = ref_at(row, 6);
  out.message.type = row.text(8);
  out.message.args = row.text(9);
  out.attempts = static_cast<std::uint32_t>(row.integer(10));
  out.created_at = time_at(row, 11);
  return out;
}

}  // namespace

std::string compress(std::string_view state) {
  std::string out(ZSTD_compressBound(state.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), state.data(), state.size(), 1));
  return out;
}

result<std::string> decompress(std::string_view bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  constexpr unsigned long long most = 1ull << 30;
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most)
    return refuse(problem_code::internal, "a snapshot is damaged");
  std::string out(size, '\0');
  const auto done = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(done) || done != size)
    return refuse(problem_code::internal, "a snapshot is damaged");
  return out;
}

result<std::optional<snapshot_row>> sqlite_reads::snapshot_before(const entity_ref& ref, std::uint64_t seq) {
  reader_pool::loan db(*pool_);
  auto query = db->prepare(snapshot_sql);
  if (!query)
    return query.error();
  const int code = query->with(number(ref.kind), ref.id, std::min(seq, any_seq)).step();
  if (code == SQLITE_DONE)
    return std::nullopt;
  if (code != SQLITE_ROW)
    return db->failure("reading a snapshot");
  auto state = decompress(query->blob(3));
  if (!state)
    return std::nullopt;  // The journal has everything that a damaged snapshot had.
  return snapshot_row{ref, query->natural(0), query->bytes<16>(1), time_at(*query, 2), std::move(*state)};
}

result<loaded_entity> sqlite_reads::load(const entity_ref& ref) {
  auto snapshot = snapshot_before(ref, any_seq);
  if (!snapshot)
    return snapshot.error();
  loaded_entity loaded;
  loaded.snapshot = std::move(*snapshot);
  auto after = loaded.snapshot ? loaded.snapshot->seq : 0;
  for (;;) {
    auto page = events(ref, after, page_events);
    if (!page)
      return page.error();
    const bool last = page->size() < page_events;
    if (!page->empty())
      after = page->back()->seq;
    loaded.tail.insert(loaded.tail.end(), std::make_move_iterator(page->begin()),
                       std::make_move_iterator(page->end()));
    if (last)
      return loaded;
  }
}

result<std::vector<event_ptr>> sqlite_reads::events(const entity_ref& ref, std::uint64_t after, std::size_t limit) {
  // First what is not in the index, then the index: whatever moves meanwhile is seen twice rather than not.
  const auto newest = tail_->rows_after(ref, after);
  reader_pool::loan db(*pool_);
  auto query = db->prepare(indexed_events_sql);
  auto query_one = db->prepare(event_at_sql);
  if (!query || !query_one)
    return query ? query_one.error() : query.error();
  const auto entity = std::make_shared<const entity_ref>(ref);
  query->with(number(ref.kind), ref.id, after, static_cast<std::uint64_t>(limit));
  std::vector<event_ptr> events;
  const auto take = [&](const statement& row) -> result<void> {
    auto event = read_event(row, entity);
    if (!event)
      return event.error();
    events.push_back(std::move(*event));
    return {};
  };
  if (auto read = each_row(*db, *query, take); !read)
    return read.error();
  for (const auto& row : newest) {
    if (events.size() == limit)
      break;
    if (!events.empty() && row.seq <= events.back()->seq)
      continue;
    query_one->with(row.position, number(ref.kind), ref.id, row.seq);
    const auto before = events.size();
    if (auto read = each_row(*db, *query_one, take); !read)
      return read.error();
    query_one->reset();
    // Not committed as it was looked for: those after it may be by now, and without it they would stand behind a hole.
    if (events.size() == before)
      break;
  }
  return events;
}

result<std::vector<std::string>> sqlite_reads::entity_ids(entity_kind kind, const std::string& after,
                                                          std::size_t limit) {
  auto ids = tail_->ids(kind, after);
  reader_pool::loan db(*pool_);
  auto query = db->prepare(entity_ids_sql);
  if (!query)
    return query.error();
  query->with(number(kind), after, static_cast<std::uint64_t>(limit));
  auto read = each_row(*db, *query, [&](const statement& row) -> result<void> {
    ids.emplace_back(row.text(0));
    return {};
  });
  if (!read)
    return read.error();
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.resize(std::min(ids.size(), limit));
  return ids;
}

result<std::optional<std::uint64_t>> sqlite_reads::position_of(const entity_ref& ref, std::uint64_t seq) {
  if (const auto newest = tail_->rows_after(ref, seq - 1); !newest.empty() && newest.front().seq == seq)
    return std::optional(newest.front().position);
  reader_pool::loan db(*pool_);
  auto select = db->prepare(position_sql);
  if (!select)
    return select.error();
  const int code = select->with(number(ref.kind), ref.id, seq).step();
  if (code == SQLITE_DONE)
    return std::optional<std::uint64_t>();
  if (code != SQLITE_ROW)
    return db->failure("finding the place of an event");
  return std::optional(select->natural(0));
}

result<std::optional<outcome_row>> sqlite_reads::find_outcome(const entity_ref& ref, const uuid& principal,
                                                              const std::array<std::uint8_t, 16>& key_hash) {
  reader_pool::loan db(*pool_);
  auto query = db->prepare(outcome_sql);
  if (!query)
    return query.error();
  std::optional<outcome_row> found;
  query->with(number(ref.kind), ref.id, principal.bytes, key_hash);
  auto read = each_row(*db, *query, [&](const statement& row) -> result<void> {
    found = read_outcome(row);
    return {};
  });
  if (!read)
    return read.error();
  return found;
}

result<std::optional<outcome_row>> sqlite_reads::find_command(const uuid& principal, const uuid& op_id) {
  reader_pool::loan db(*pool_);
  auto query = db->prepare(command_sql);
  if (!query)
    return query.error();
  std::optional<outcome_row> found;
  query->with(principal.bytes, op_id.bytes);
  auto read = each_row(*db, *query, [&](const statement& row) -> result<void> {
    found = read_outcome(row);
    return {};
  });
  if (!read)
    return read.error();
  return found;
}

result<std::vector<timer_row>> sqlite_reads::timers_due(timestamp before, std::size_t limit) {
  reader_pool::loan db(*pool_);
  auto query = db->prepare(timers_sql);
  if (!query)
    return query.error();
  std::vector<timer_row> timers;
  query->with(static_cast<std::int64_t>(before.time_since_epoch().count()), static_cast<std::uint64_t>(limit));
  auto read = each_row(*db, *query, [&](const statement& row) -> result<void> {
    timers.push_back({ref_at(row, 0), std::string(row.text(2)), row.natural(3), time_at(row, 4)});
    return {};
  });
  if (!read)
    return read.error();
  return timers;
}

result<std::vector<outbox_row>> sqlite_reads::outbox_pending(const outbox_id& after, std::size_t limit) {
  reader_pool::loan db(*pool_);
  auto query = db->prepare(outbox_sql);
  if (!query)
    return query.error();
  std::vector<outbox_row> rows;
  query->with(static_cast<int>(after.slice), after.nr, after.index, static_cast<std::uint64_t>(limit));
  auto read = each_row(*db, *query, [&](const statement& row) -> result<void> {
    rows.push_back(read_outbox(row));
    return {};
  });
  if (!read)
    return read.error();
  return rows;
}

}  // namespace callboard::sqlite
