#include "persistence/sqlite/connection.hpp"

#include <sqlite3.h>

namespace callboard::sqlite {
namespace {

constexpr int busy_timeout_ms = 5'000;

}  // namespace

void statement::finalizer::operator()(sqlite3_stmt* raw) const noexcept { sqlite3_finalize(raw); }

statement& statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(raw_.get(), index, value);
  return *this;
}

statement& statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL.
  sqlite3_bind_text(raw_.get(), index, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}

statement& statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob(raw_.get(), index, bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()),
                    SQLITE_STATIC);
  return *this;
}

statement& statement::bind_null(int index) {
  sqlite3_bind_null(raw_.get(), index);
  return *this;
}

int statement::step() { return sqlite3_step(raw_.get()); }

int statement::run() {
  const int code = step();
  reset();
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void statement::reset() { sqlite3_reset(raw_.get()); }

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(raw_.get(), column); }

std::string_view statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))};
}

std::string_view statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(raw_.get(), column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))};
}

bool statement::is_null(int column) const { return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL; }

void connection::closer::operator()(sqlite3* raw) const noexcept { sqlite3_close_v2(raw); }

result<connection> connection::open(const std::string& path, open_mode mode) {
  // Counting memory takes a lock of the whole process for every allocation.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int flags = SQLITE_OPEN_NOMUTEX | (mode == open_mode::read_only ? SQLITE_OPEN_READONLY
                                           : mode == open_mode::read_write
                                             ? SQLITE_OPEN_READWRITE
                                             : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  connection opened;
  opened.raw_.reset(raw);
  if (code != SQLITE_OK)
    return refuse(problem_code::journal_unavailable,
                  "cannot open " + path + ": " + (raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code)));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  return opened;
}

result<void> connection::run(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(raw(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure("a statement");
  return {};
}

result<statement> connection::prepare(std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(raw(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr) !=
      SQLITE_OK)
    return failure("preparing a statement");
  return statement(made);
}

result<std::int64_t> connection::number(std::string_view sql) {
  auto query = prepare(sql);
  if (!query)
    return query.error();
  const int code = query->step();
  if (code == SQLITE_ROW)
    return query->integer(0);
  if (code == SQLITE_DONE)
    return 0;
  return failure("a query");
}

std::string connection::message() const { return sqlite3_errmsg(raw()); }

refusal connection::failure(std::string_view doing) const {
  return refuse(problem_code::journal_unavailable, "SQLite, " + std::string(doing) + ": " + message());
}

transaction::~transaction() {
  if (open_)
    (void)on_.run("rollback");
}

result<void> transaction::begin() {
  auto begun = on_.run("begin immediate");
  open_ = begun.has_value();
  return begun;
}

result<void> transaction::commit() {
  auto done = on_.run("commit");
  open_ = !done.has_value();
  return done;
}

}  // namespace callboard::sqlite
