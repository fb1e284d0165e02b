#include "persistence/migrations.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace callboard {
namespace {

/// Tables that a down script names on its first line, `-- loses: a, b`.
std::vector<std::string> tables_lost(std::string_view down) {
  constexpr std::string_view mark = "-- loses:";
  std::vector<std::string> tables;
  if (!down.starts_with(mark))
    return tables;
  const auto line = down.substr(mark.size(), down.find('\n') - mark.size());
  std::string name;
  for (const char c : line)
    if (c == ',')
      tables.push_back(std::exchange(name, {}));
    else if (c != ' ')
      name += c;
  if (!name.empty())
    tables.push_back(std::move(name));
  return tables;
}

const migration* find(std::span<const migration> all, unsigned version) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const migration& m) { return m.version == version; });
  return found == all.end() ? nullptr : &*found;
}

result<void> check_past(std::span<const migration> known, const std::vector<applied_migration>& applied) {
  for (const auto& row : applied) {
    const auto* step = find(known, row.version);
    if (!step)
      return refuse(problem_code::conflict, "the store has schema " + std::to_string(row.version) + " (" + row.name +
                                              "), which this program does not know: run the newer program, or take the schema "
                                              "back with it (`callboard migrate down`)");
    if (checksum_of(*step) != row.checksum)
      return refuse(problem_code::conflict, "migration " + std::to_string(row.version) + " (" + row.name +
                                              ") was applied with another script than this program has");
  }
  return {};
}

bool contains(const std::vector<applied_migration>& applied, unsigned version) {
  return std::any_of(applied.begin(), applied.end(), [&](const auto& row) { return row.version == version; });
}

result<void> check_loss(migration_target& target, const migration& step) {
  for (const auto& table : tables_lost(step.down)) {
    const auto rows = target.has_rows(table);
    if (!rows)
      return rows.error();
    if (*rows)
      return refuse(problem_code::conflict, "taking back migration " + std::to_string(step.version) +
                                              " would lose the rows of " + table + "; --destroy-data does it");
  }
  return {};
}

}  // namespace

std::string checksum_of(const migration& step) {
  std::string scripts(step.up);
  scripts += '\0';
  scripts += step.down;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  EVP_Digest(scripts.data(), scripts.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  char pair[3];
  for (unsigned i = 0; i < length; ++i) {
    std::snprintf(pair, sizeof pair, "%02x", digest[i]);
    hex += pair;
  }
  return hex;
}

result<std::vector<migration_state>> migrate_up(migration_target& target, std::size_t steps_max) {
  const auto applied = target.applied();
  if (!applied)
    return applied.error();
  if (auto past = check_past(target.known(), *applied); !past)
    return past.error();
  for (const auto& step : target.known()) {
    if (contains(*applied, step.version))
      continue;
    if (steps_max-- == 0)
      break;
    const applied_migration row{step.version, std::string(step.name), checksum_of(step), wall_now()};
    if (auto done = target.apply(step, row); !done)
      return done.error();
  }
  return migration_status(target);
}

result<std::vector<migration_state>> migrate_down(migration_target& target, unsigned to_version, bool destroy_data) {
  const auto applied = target.applied();
  if (!applied)
    return applied.error();
  if (auto past = check_past(target.known(), *applied); !past)
    return past.error();
  std::vector<const migration*> steps;
  for (auto row = applied->rbegin(); row != applied->rend() && row->version > to_version; ++row)
    steps.push_back(find(target.known(), row->version));
  // All are judged before the first is taken back: a refusal changes nothing.
  if (!destroy_data)
    for (const auto* step : steps)
      if (auto safe = check_loss(target, *step); !safe)
        return safe.error();
  for (const auto* step : steps)
    if (auto done = target.revert(*step); !done)
      return done.error();
  return migration_status(target);
}

result<std::vector<migration_state>> migration_status(migration_target& target) {
  const auto applied = target.applied();
  if (!applied)
    return applied.error();
  std::vector<migration_state> states;
  for (const auto& step : target.known()) {
    migration_state state{step.version, std::string(step.name), false, {}};
    for (const auto& row : *applied)
      if (row.version == step.version) {
        state.applied = true;
        state.applied_at = row.applied_at;
      }
    states.push_back(std::move(state));
  }
  for (const auto& row : *applied)
    if (!find(target.known(), row.version))
      states.push_back({row.version, row.name, true, row.applied_at});
  return states;
}

result<void> check_schema(migration_target& target) {
  const auto applied = target.applied();
  if (!applied)
    return applied.error();
  if (auto past = check_past(target.known(), *applied); !past)
    return past.error();
  for (const auto& step : target.known())
    if (!contains(*applied, step.version))
      return refuse(problem_code::conflict, "the store's schema is older than this program (migration " +
                                              std::to_string(step.version) + " " + std::string(step.name) +
                                              " is missing): run `callboard migrate up`");
  return {};
}

}  // namespace callboard
