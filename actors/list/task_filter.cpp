#include "actors/list/task_filter.hpp"

#include "actors/list/text_rules.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace callboard::list {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> sort_names{"position", "number", "created_at", "updated_at",
                                                     "due_at",   "priority", "title"};

// -- filter ---------------------------------------------------------------------------------------------

template <class T>
bool among(const std::vector<T>& all, const T& one) {
  return all.empty() || std::find(all.begin(), all.end(), one) != all.end();
}

bool passes(const id_filter& f, const uuid& id) {
  if (f.any.empty() && !f.none)
    return true;
  return id ? !f.any.empty() && among(f.any, id) : f.none;
}

template <class Items, class IdOf>
bool passes_any(const id_filter& f, const Items& items, IdOf&& id_of) {
  if (f.any.empty() && !f.none)
    return true;
  if (items.empty())
    return f.none;
  return std::any_of(items.begin(), items.end(), [&](const auto& item) { return !f.any.empty() && among(f.any, id_of(item)); });
}

/// When a task is due: its instant, or the end of its day where the caller is.
instant due_of(const task& t, minutes utc_offset) {
  if (t.due_at)
    return t.due_at;
  if (t.due_date.text.empty())
    return std::nullopt;
  const auto midnight = parse_rfc3339(t.due_date.text + "T00:00:00Z");
  return midnight ? instant(*midnight + days{1} - milliseconds{1} - utc_offset) : std::nullopt;
}

bool due_since(const task& t, const due_bound& bound, minutes utc_offset) {
  if (!t.due_at && !bound.date.empty())
    return t.due_date.text >= bound.date;
  return *due_of(t, utc_offset) >= bound.instant;
}

bool passes_due(const task& t, const tasks_filter& f) {
  if (!f.due_after && !f.due_before)
    return true;
  if (!t.due_at && t.due_date.text.empty())
    return false;
  return (!f.due_after || due_since(t, *f.due_after, f.utc_offset)) &&
         (!f.due_before || !due_since(t, *f.due_before, f.utc_offset));
}

bool passes(const task& t, const tasks_filter& f) {
  return (t.live() || f.include_deleted) && among(f.status, t.status) && among(f.priority, t.priority) &&
         passes(f.section, t.section_id) && passes(f.parent, t.parent_id) &&
         passes_any(f.tag, t.tags, [](const uuid& id) { return id; }) &&
         passes_any(f.assignee, t.assignees, [](const assignee& a) { return a.user_id; }) && passes_due(t, f) &&
         (!f.updated_after || t.updated_at >= *f.updated_after);
}

// -- sort -------------------------------------------------------------------------------------------------

/// A number whose bytes sort as it does.
std::string sortable(std::int64_t number) {
  const auto raised = static_cast<std::uint64_t>(number) ^ (1ull << 63);
  std::string out(8, '\0');
  for (int i = 0; i < 8; ++i)
    out[static_cast<std::size_t>(i)] = static_cast<char>(raised >> (56 - 8 * i));
  return out;
}

/// A value's bytes for comparison; nothing for what always comes last.
std::optional<std::string> key_of(const task& t, task_sort field, minutes utc_offset) {
  switch (field) {
    case task_sort::position: return t.position;
    case task_sort::number: return sortable(static_cast<std::int64_t>(t.number));
    case task_sort::created_at: return sortable(t.created_at.time_since_epoch().count());
    case task_sort::updated_at: return sortable(t.updated_at.time_since_epoch().count());
    case task_sort::priority: return sortable(static_cast<std::int64_t>(t.priority));
    case task_sort::title: return folded(t.title);
    case task_sort::due_at:
      if (const auto due = due_of(t, utc_offset))
        return sortable(due->time_since_epoch().count());
  }
  return std::nullopt;
}

struct ranked {
  std::vector<std::optional<std::string>> keys;
  uuid id;
  const task* what = nullptr;
};

bool ranks_before(const ranked& a, const ranked& b, const std::vector<sort_key>& sort) {
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const auto &x = a.keys[i], &y = b.keys[i];
    if (x == y)
      continue;
    if (!x || !y)
      return x.has_value();
    return sort[i].descending ? *x > *y : *x < *y;
  }
  return a.id < b.id;
}

ranked rank(const task& t, const std::vector<sort_key>& sort, minutes utc_offset) {
  ranked r{{}, t.id, &t};
  for (const auto& key : sort)
    r.keys.push_back(key_of(t, key.field, utc_offset));
  return r;
}

// -- cursor: the last item's keys, and a hash of what was asked --------------------------------------------

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char hex[] = "0123456789abcdef";
  for (const char c : bytes) {
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[c & 15];
  }
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    if (std::from_chars(text.data() + i, text.data() + i + 2, value, 16).ptr != text.data() + i + 2)
      return std::nullopt;
    out += static_cast<char>(value);
  }
  return text.size() % 2 ? std::nullopt : std::optional(out);
}

std::string fingerprint(const tasks_filter& f, const std::vector<sort_key>& sort) {
  std::string text;
  const auto add = [&](const auto& number) { text += std::to_string(static_cast<long long>(number)) + ','; };
  const auto add_ids = [&](const id_filter& ids) {
    for (const auto& id : ids.any)
      append_to(text, id);
    add(ids.none);
  };
  for (const auto one : f.status)
    add(static_cast<int>(one));
  text += '|';
  for (const auto one : f.priority)
    add(static_cast<int>(one));
  for (const auto* ids : {&f.section, &f.parent, &f.tag, &f.assignee})
    add_ids(*ids);
  for (const auto* bound : {&f.due_after, &f.due_before}) {
    add(bound->has_value());
    if (*bound)
      text += to_rfc3339((*bound)->instant) + (*bound)->date;
  }
  add(f.updated_after ? f.updated_after->time_since_epoch().count() : -1);
  add(f.utc_offset.count());
  add(f.include_deleted);
  for (const auto& key : sort)
    add(static_cast<int>(key.field) * 2 + key.descending);
  return sortable(static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size())));
}

/// Hash, id, then each key: a mark and a length before its bytes. In hex, so it needs no escaping.
std::string encode_cursor(const ranked& last, const std::string& print) {
  std::string raw = print;
  raw.append(reinterpret_cast<const char*>(last.id.bytes.data()), last.id.bytes.size());
  for (const auto& key : last.keys) {
    raw += key ? '\1' : '\0';
    if (key)
      raw += sortable(static_cast<std::int64_t>(key->size())) + *key;
  }
  std::string out;
  append_hex(out, raw);
  return out;
}

std::optional<ranked> decode_cursor(std::string_view cursor, const std::string& print, std::size_t keys) {
  const auto raw = from_hex(cursor);
  if (!raw || raw->size() < 24 || raw->compare(0, 8, print) != 0)
    return std::nullopt;
  ranked last;
  std::memcpy(last.id.bytes.data(), raw->data() + 8, 16);
  std::size_t at = 24;
  for (std::size_t i = 0; i < keys; ++i) {
    if (at >= raw->size())
      return std::nullopt;
    if ((*raw)[at++] == '\0') {
      last.keys.emplace_back();
      continue;
    }
    if (at + 8 > raw->size())
      return std::nullopt;
    std::uint64_t size = 0;
    for (std::size_t k = 0; k < 8; ++k)
      size = size << 8 | static_cast<unsigned char>((*raw)[at++]);
    size ^= 1ull << 63;
    if (size > raw->size() - at)
      return std::nullopt;
    last.keys.emplace_back(raw->substr(at, size));
    at += size;
  }
  return at == raw->size() ? std::optional(last) : std::nullopt;
}

}  // namespace

std::optional<std::vector<sort_key>> parse_sort(std::string_view text) {
  std::vector<sort_key> keys;
  while (true) {
    const auto comma = text.find(',');
    auto word = text.substr(0, comma);
    const bool descending = word.starts_with('-');
    word.remove_prefix(descending);
    const auto name = std::find(sort_names.begin(), sort_names.end(), word);
    if (name == sort_names.end())
      return std::nullopt;
    const auto field = static_cast<task_sort>(name - sort_names.begin());
    if (std::any_of(keys.begin(), keys.end(), [&](const auto& k) { return k.field == field; }))
      return std::nullopt;
    keys.push_back({field, descending});
    if (comma == std::string_view::npos)
      return keys;
    text.remove_prefix(comma + 1);
  }
}

result<task_page> find_page(const state& s, const tasks_filter& filter) {
  const auto sort = filter.sort.empty() ? std::vector<sort_key>{{}} : filter.sort;
  const auto print = fingerprint(filter, sort);
  std::optional<ranked> after;
  if (!filter.cursor.empty()) {
    after = decode_cursor(filter.cursor, print, sort.size());
    if (!after)
      return refuse(problem_code::bad_cursor, "the cursor does not belong to this query");
  }
  std::vector<ranked> found;
  const auto before = [&](const ranked& a, const ranked& b) { return ranks_before(a, b, sort); };
  const auto consider = [&](const task& t) {
    if (!passes(t, filter))
      return;
    auto one = rank(t, sort, filter.utc_offset);
    if (!after || before(*after, one))
      found.push_back(std::move(one));
  };
  const bool in_order = sort[0].field == task_sort::position && !sort[0].descending && !filter.include_deleted;
  for (const auto* t : s.order) {
    consider(*t);
    if (in_order && found.size() > filter.limit)
      break;
  }
  if (filter.include_deleted)
    for (const auto* t : s.trash)
      consider(*t);
  const auto take = std::min(filter.limit, found.size());
  if (!in_order)
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(take), found.end(), before);
  task_page page;
  for (std::size_t i = 0; i < take; ++i)
    page.items.push_back(found[i].what);
  if (found.size() > take && take > 0)
    page.next_cursor = encode_cursor(found[take - 1], print);
  return page;
}

}  // namespace callboard::list
