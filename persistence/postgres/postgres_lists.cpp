#include "persistence/fold_rows.hpp"
#include "persistence/postgres/event_rows.hpp"
#include "persistence/postgres/postgres_parts.hpp"

#include <pqxx/pqxx>

namespace callboard::postgres {
namespace {

constexpr auto owned_sql =
  "select count(*) from list_member m join lists l on l.id = m.list_id"
  " where m.user_id = $1::uuid and m.role = 'owner' and not l.deleted";
constexpr auto locate_sql =
  "select t.list_id from tasks t join list_member m on m.list_id = t.list_id and m.user_id = $1::uuid"
  " where t.id = $2::uuid";
// Folded is what stands below the fold's progress in its slice (64 of them a row, eight bytes each).
constexpr auto folded_sql =
  "select $2::bigint = 0 or exists (select 1 from journal j join fold_progress p on p.fold = 'main' and p.part = j.slice / 64"
  " where j.kind = 1 and j.id = $1 and j.seq = $2 and substr(p.nrs, j.slice % 64 * 8 + 1, 8) >= int8send(j.nr))";

/// The text after `like` that means exactly these letters anywhere.
std::string containing(const std::string& words) {
  std::string pattern = "%";
  for (const char c : words) {
    if (c == '%' || c == '_' || c == '\\')
      pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

/// $1 user, $2 name pattern, $3 and $4 where the last page ended, $5 how many.
std::string page_sql(const list::lists_query& query) {
  std::string sql =
    "select l.id, (extract(epoch from l.created_at) * 1000)::bigint from list_member m join lists l"
    " on l.id = m.list_id where m.user_id = $1::uuid and not l.deleted and l.name_folded like $2";
  if (query.archived)
    sql += *query.archived ? " and l.archived_at is not null" : " and l.archived_at is null";
  const std::string direction = query.descending ? " desc" : "";
  sql += std::string(" and ($3::bigint is null or (l.created_at, l.id) ") + (query.descending ? "<" : ">") +
         " (to_timestamp($3::bigint / 1000.0), $4::uuid))";
  return sql + " order by l.created_at" + direction + ", l.id" + direction + " limit $5";
}

class postgres_lists final : public list::read_model {
 public:
  explicit postgres_lists(reader_pool& readers) : readers_(readers) {}

  result<std::vector<list::list_entry>> lists_of(const list::lists_query& query) override;

  result<std::size_t> owned_count(const uuid& user) override {
    std::size_t count = 0;
    const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
      count = tx.exec_params1(owned_sql, to_string(user))[0].as<std::size_t>();
      return {};
    });
    if (!done)
      return done.error();
    return count;
  }

  result<std::vector<uuid>> locate_task(const uuid& user, const uuid& task_id) override {
    std::vector<uuid> lists;
    const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
      lists.clear();
      for (const auto& row : tx.exec_params(locate_sql, to_string(user), to_string(task_id)))
        if (const auto id = parse_uuid(row[0].c_str()))
          lists.push_back(*id);
      return {};
    });
    if (!done)
      return done.error();
    return lists;
  }

  result<bool> folded(const uuid& list, std::uint64_t seq) override {
    bool answer = false;
    const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
      answer = tx.exec_params1(folded_sql, to_string(list), static_cast<std::int64_t>(seq))[0].as<bool>();
      return {};
    });
    if (!done)
      return done.error();
    return answer;
  }

 private:
  reader_pool& readers_;
};

result<std::vector<list::list_entry>> postgres_lists::lists_of(const list::lists_query& query) {
  std::optional<std::int64_t> after_ms;
  std::optional<std::string> after_id;
  if (query.after) {
    after_ms = query.after->first.time_since_epoch().count();
    after_id = to_string(query.after->second);
  }
  std::vector<list::list_entry> page;
  const auto done = readers_.run([&](pqxx::transaction_base& tx) -> result<void> {
    page.clear();
    for (const auto& row :
         tx.exec_params(page_sql(query), to_string(query.member), containing(fold_case(query.name_contains)),
                        after_ms ? std::to_string(*after_ms).c_str() : nullptr,
                        after_id ? after_id->c_str() : nullptr, static_cast<std::int64_t>(query.limit)))
      if (const auto id = parse_uuid(row[0].c_str()))
        page.push_back({*id, to_time(row[1].c_str())});
    return {};
  });
  if (!done)
    return done.error();
  return page;
}

}  // namespace

std::unique_ptr<list::read_model> make_lists(reader_pool& readers) {
  return std::make_unique<postgres_lists>(readers);
}

}  // namespace callboard::postgres
