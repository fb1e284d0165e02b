#include "persistence/sqlite/sqlite_batch_writer.hpp"

#include "persistence/sqlite/event_rows.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace callboard::sqlite {
namespace {

constexpr auto insert_event_sql =
  "insert into journal (position, slice, nr, kind, id, seq, epoch, at, type, actor, link, meta, payload) "
  "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto upsert_timer_sql =
  "insert into timer (kind, id, name, gen, due_at) values (?, ?, ?, ?, ?) "
  "on conflict (kind, id, name) do update set gen = excluded.gen, due_at = excluded.due_at";
constexpr auto delete_timer_sql = "delete from timer where kind = ? and id = ? and name = ? and gen <= ?";
constexpr auto insert_outbox_sql =
  "insert into outbox (slice, nr, ix, kind, id, seq, target_kind, target_id, type, args, attempts, created_at) "
  "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto delete_outbox_sql = "delete from outbox where slice = ? and nr = ? and ix = ?";
constexpr auto insert_outcome_sql =
  "insert into outcome (kind, id, principal, key_hash, body_hash, status, seq, answer, at, op_id) "
  "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto index_row_sql = "insert into journal_index (kind, id, seq, position) values (?, ?, ?, ?)";
constexpr auto last_indexed_sql = "select max(seq) from journal_index where kind = ? and id = ?";
// What was written after the heads were saved may or may not be in the index.
constexpr auto index_newest_sql =
  "insert into journal_index select kind, id, seq, position from journal "
  "where position > (select upto from slice_head_position) order by kind, id, seq "
  "on conflict do nothing";
constexpr auto save_head_sql =
  "insert into slice_head values (?, ?) on conflict (slice) do update set nr = excluded.nr";

/// So many rows at most are read at a start, to find the last nr of each slice and to complete the index.
constexpr std::uint64_t heads_every = 20'000;
/// Rows that wait for the index.
constexpr std::size_t tail_most = 4'096;

int number(entity_kind kind) { return static_cast<int>(kind); }

std::int64_t milliseconds(timestamp at) { return at.time_since_epoch().count(); }

bool is_constraint(int code) { return (code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_TOOBIG; }

}  // namespace

result<std::unique_ptr<sqlite_batch_writer>> sqlite_batch_writer::make(connection db) {
  std::unique_ptr<sqlite_batch_writer> writer(new sqlite_batch_writer(std::move(db)));
  // A checkpoint within a commit would make it wait.
  if (auto set = writer->db_.run("pragma synchronous = full; pragma wal_autocheckpoint = 0; "
                                 "pragma cache_size = -16000; pragma temp_store = memory");
      !set)
    return set.error();
  if (auto done = writer->prepare(); !done)
    return done.error();
  if (auto done = writer->read_heads(); !done)
    return done.error();
  if (auto done = writer->index_newest(); !done)
    return done.error();
  return writer;
}

result<void> sqlite_batch_writer::prepare() {
  const std::pair<statement*, std::string_view> all[] = {
    {&begin_, "begin immediate"},         {&commit_, "commit"},
    {&rollback_, "rollback"},             {&insert_event_, insert_event_sql},
    {&upsert_timer_, upsert_timer_sql},   {&delete_timer_, delete_timer_sql},
    {&insert_outbox_, insert_outbox_sql}, {&delete_outbox_, delete_outbox_sql},
    {&insert_outcome_, insert_outcome_sql}, {&save_head_, save_head_sql},
    {&index_row_, index_row_sql},         {&last_indexed_, last_indexed_sql},
    {&save_position_, "update slice_head_position set upto = ?"}};
  for (const auto& [into, sql] : all) {
    auto made = db_.prepare(sql);
    if (!made)
      return made.error();
    *into = std::move(*made);
  }
  return {};
}

result<void> sqlite_batch_writer::read_heads() {
  const auto upto = db_.number("select upto from slice_head_position");
  const auto last = db_.number("select max(position) from journal");
  if (!upto || !last)
    return upto ? last.error() : upto.error();
  saved_position_ = static_cast<std::uint64_t>(*upto);
  position_ = static_cast<std::uint64_t>(*last);
  auto saved = db_.prepare("select slice, nr from slice_head");
  auto newer = db_.prepare("select slice, nr from journal where position > ?");
  if (!saved || !newer)
    return db_.failure("reading the journal's heads");
  newer->bind(1, saved_position_);
  for (auto* rows : {&*saved, &*newer}) {
    int code;
    while ((code = rows->step()) == SQLITE_ROW) {
      const auto slice = static_cast<std::size_t>(rows->integer(0)) % slice_count;
      heads_[slice] = std::max(heads_[slice], rows->natural(1));
      dirty_[slice] = dirty_[slice] || rows == &*newer;
    }
    if (code != SQLITE_DONE)
      return db_.failure("reading the journal's heads");
  }
  return {};
}

result<void> sqlite_batch_writer::index_newest() {
  if (position_ == saved_position_)
    return {};
  return db_.run(index_newest_sql);
}

// -- a batch -------------------------------------------------------------------------------------------------------

commit_outcome sqlite_batch_writer::commit(std::span<lane_item* const> items) {
  next_position_ = position_;
  added_.clear();
  indexed_ = 0;
  if (const int code = begin_.run(); code != SQLITE_OK)
    return roll_back(code, "begin");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const int code = write_item(*items[i]);
    if (code == SQLITE_OK)
      continue;
    auto outcome = roll_back(code, "a row");
    if (outcome.status == commit_status::bad_row) {
      outcome.index = i;
      outcome.duplicate_outcome = writing_outcome_;
    }
    return outcome;
  }
  const bool heads_due = position_ - saved_position_ >= heads_every;
  if (const int code = index_oldest(heads_due ? 0 : tail_most); code != SQLITE_OK)
    return roll_back(code, "the index");
  if (heads_due)
    if (const int code = save_heads(); code != SQLITE_OK)
      return roll_back(code, "heads");
  if (const int code = commit_.run(); code != SQLITE_OK) {
    const bool may_be_written = (code & 0xff) == SQLITE_IOERR;
    auto outcome = roll_back(code, "commit");
    if (may_be_written)
      outcome.status = commit_status::unknown;
    return outcome;
  }
  note_committed(items);
  return {};
}

// After an I/O error only a recovery of the WAL by a new process tells what it holds.
resolution sqlite_batch_writer::resolve(std::span<lane_item* const>) { return resolution::never; }

commit_outcome sqlite_batch_writer::roll_back(int code, std::string_view doing) {
  commit_outcome outcome;
  outcome.status = is_constraint(code) ? commit_status::bad_row : commit_status::unavailable;
  outcome.detail = std::string(doing) + ": " + db_.message();
  if (!sqlite3_get_autocommit(db_.raw()))
    rollback_.run();
  for (auto event = added_.rbegin(); event != added_.rend(); ++event)
    tail_->take_back(*(*event)->entity);
  // What is copied out of the WAL makes room in it.
  if ((code & 0xff) == SQLITE_FULL)
    sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return outcome;
}

void sqlite_batch_writer::note_committed(std::span<lane_item* const> items) {
  if (position_ - saved_position_ >= heads_every) {
    saved_position_ = position_;
    dirty_.assign(slice_count, false);
  }
  position_ = next_position_;
  tail_->drop_oldest(indexed_);
  for (const auto* item : items)
    for (const auto& event : item->events) {
      heads_[event->slice] = event->nr;
      dirty_[event->slice] = true;
    }
}

/// The heads as they were before this batch, so that a rollback leaves nothing wrong in memory.
int sqlite_batch_writer::save_heads() {
  for (std::size_t slice = 0; slice < slice_count; ++slice)
    if (dirty_[slice])
      if (const int code = save_head_.with(static_cast<std::int64_t>(slice), heads_[slice]).run(); code != SQLITE_OK)
        return code;
  return save_position_.with(position_).run();
}

// -- rows ----------------------------------------------------------------------------------------------------------

int sqlite_batch_writer::write_item(const lane_item& item) {
  writing_outcome_ = false;
  int code = write_events(item);
  if (code == SQLITE_OK && !item.timers.empty())
    code = write_timers(item);
  if (code == SQLITE_OK && !(item.outbox.empty() && item.outbox_done.empty()))
    code = write_outbox(item);
  if (code == SQLITE_OK && item.outcome)
    code = write_outcome(item);
  return code;
}

int sqlite_batch_writer::write_events(const lane_item& item) {
  for (const auto& event : item.events) {
    if (is_taken(*event))
      return SQLITE_CONSTRAINT_UNIQUE;
    const auto actor = actor_text(*event);
    const auto meta = encode_meta(event->meta);
    insert_event_.with(++next_position_, static_cast<int>(event->slice), event->nr, number(event->entity->kind),
                       event->entity->id, event->seq, event->epoch, milliseconds(event->at), event->type, actor,
                       event->link, meta, *event->data);
    if (const int code = insert_event_.run(); code != SQLITE_OK)
      return code;
    tail_->add(event->entity, {event->seq, next_position_});
    added_.push_back(event.get());
  }
  return SQLITE_OK;
}

/// Whether the entity has an event of that number, or a later one, already.
bool sqlite_batch_writer::is_taken(const recorded_event& event) {
  if (const auto last = tail_->last_seq(*event.entity); last > 0)
    return event.seq <= last;
  if (event.seq == 1 && position_ == 0)
    return false;
  const int code = last_indexed_.with(number(event.entity->kind), event.entity->id).step();
  const bool taken = code == SQLITE_ROW && event.seq <= last_indexed_.natural(0);
  last_indexed_.reset();
  return taken;
}

/// Puts the entities whose rows wait longest into the index, each with all its rows, until few enough wait.
int sqlite_batch_writer::index_oldest(std::size_t rows_kept) {
  for (auto waiting = tail_->rows(); waiting > rows_kept; ++indexed_) {
    const auto& next = tail_->by_age(indexed_);
    for (const auto& row : next.rows) {
      index_row_.with(number(next.ref->kind), next.ref->id, row.seq, row.position);
      if (const int code = index_row_.run(); code != SQLITE_OK)
        return code;
    }
    waiting -= next.rows.size();
  }
  return SQLITE_OK;
}

int sqlite_batch_writer::write_timers(const lane_item& item) {
  const auto& ref = item.owner->ref;
  for (const auto& op : item.timers) {
    const int code = op.due_at ? upsert_timer_.with(number(ref.kind), ref.id, op.name, op.gen,
                                                    milliseconds(*op.due_at)).run()
                               : delete_timer_.with(number(ref.kind), ref.id, op.name, op.gen).run();
    if (code != SQLITE_OK)
      return code;
  }
  return SQLITE_OK;
}

int sqlite_batch_writer::write_outbox(const lane_item& item) {
  for (const auto& row : item.outbox) {
    const auto& to = row.message.to;
    insert_outbox_.with(static_cast<int>(row.id.slice), row.id.nr, row.id.index, number(row.source.kind),
                        row.source.id, row.source_seq, number(to.kind), to.id, row.message.type, row.message.args,
                        row.attempts, milliseconds(row.created_at));
    if (const int code = insert_outbox_.run(); code != SQLITE_OK)
      return code;
  }
  for (const auto& id : item.outbox_done)
    if (const int code = delete_outbox_.with(static_cast<int>(id.slice), id.nr, id.index).run(); code != SQLITE_OK)
      return code;
  return SQLITE_OK;
}

int sqlite_batch_writer::write_outcome(const lane_item& item) {
  const auto& row = *item.outcome;
  const auto& ref = item.owner->ref;
  insert_outcome_.with(number(ref.kind), ref.id, row.principal.bytes, row.key_hash, row.body_hash,
                       static_cast<int>(row.status), row.seq);
  insert_outcome_.bind_blob(8, row.answer).bind(9, milliseconds(row.at));
  if (row.op_id)
    insert_outcome_.bind(10, row.op_id->bytes);
  else
    insert_outcome_.bind_null(10);
  writing_outcome_ = true;
  return insert_outcome_.run();
}

}  // namespace callboard::sqlite
