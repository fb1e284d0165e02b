#include "actors/list/list_query.hpp"

#include "actors/base/json_writer.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/task_filter.hpp"

#include <array>
#include <charconv>

namespace callboard::list {
namespace {

constexpr std::size_t included_tasks_max = 1'000;
constexpr std::array<std::string_view, 10> types{"list.get",  "task.get",     "tasks.list", "tasks.get_many", "sections.list",
                                                "tags.list", "members.list", "trash.list", "member.role",
                                                "list.standing"};

shared_text text(std::string_view literal) { return share(std::string(literal)); }

const shared_text& comma() {
  static const auto shared = text(",");
  return shared;
}

void append_tasks(text_pieces& out, const std::vector<const task*>& tasks) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i)
      out.push_back(comma());
    out.push_back(tasks[i]->json);
  }
}

std::string cursor_json(const std::string& cursor) {
  json_writer w;
  cursor.empty() ? w.value(nullptr) : w.value(cursor);
  return w.take();
}

/// Answers queries of one caller.
struct asker {
  const state& s;
  const principal& who;
  const member* me;

  answer seen(text_pieces body) const {
    answer a;
    a.seq = s.seq;
    a.etag = s.seq;
    a.body = std::move(body);
    return a;
  }
  answer items(std::string array) const {
    return seen({text("{\"items\":"), share(std::move(array)), text(",\"next_cursor\":null}")});
  }
  answer gone() const { return refused(refuse(problem_code::not_found, "there is nothing here")); }

  answer on(const get_list& q) const {
    text_pieces out{share('{' + render_list_members(s, me))};
    if (q.sections)
      out.push_back(share(",\"sections\":" + render_sections(s)));
    if (q.tags)
      out.push_back(share(",\"tags\":" + render_tags(s)));
    if (q.members)
      out.push_back(share(",\"members\":" + render_members(s)));
    if (q.tasks) {
      tasks_filter first;
      first.limit = included_tasks_max;
      const auto page = find_page(s, first);
      out.push_back(text(",\"tasks\":["));
      append_tasks(out, page->items);
      out.push_back(share("],\"tasks_next_cursor\":" + cursor_json(page->next_cursor)));
    }
    out.push_back(text("}"));
    return seen(std::move(out));
  }
  answer on(const get_task& q) const {
    const auto* t = q.include_deleted ? s.find_task(q.id) : s.find_live(q.id);
    if (!t)
      return gone();
    auto a = seen({t->json});
    a.etag = t->rev;
    return a;
  }
  answer on(const find_tasks& q) const {
    const auto page = find_page(s, q.filter);
    if (!page)
      return refused(page.error());
    text_pieces out{text("{\"items\":[")};
    append_tasks(out, page->items);
    out.push_back(share("],\"next_cursor\":" + cursor_json(page->next_cursor) + '}'));
    return seen(std::move(out));
  }
  answer on(const get_tasks& q) const {
    std::vector<const task*> found;
    for (const auto& id : q.ids)
      if (const auto* t = q.include_deleted ? s.find_task(id) : s.find_live(id))
        found.push_back(t);
    text_pieces out{text("{\"items\":[")};
    append_tasks(out, found);
    out.push_back(text("],\"next_cursor\":null}"));
    return seen(std::move(out));
  }
  answer on(const get_sections&) const { return items(render_sections(s)); }
  answer on(const get_tags&) const { return items(render_tags(s)); }
  answer on(const get_members&) const { return items(render_members(s)); }
  answer on(const get_member_role&) const {
    json_writer w;
    w.open('{').member("role", to_string(me->role)).member("name", me->name).close('}');
    return seen({share(w.take())});
  }
  answer on(const get_standing&) const {
    std::string ids;
    ids.reserve(s.tasks.size() * sizeof(uuid::bytes));
    for (const auto& [id, t] : s.tasks)
      ids.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
    return seen({text(to_string(me->role)), share(std::move(ids))});
  }
  answer on(const get_trash& q) const;
};

void write_trash(json_writer& w, std::string_view kind, const uuid& id, const state& s, std::string_view title,
                 timestamp deleted_at, const uuid& by) {
  w.open('{').member("kind", kind).member("id", id).member("list_id", s.id).member("title", title);
  w.member("deleted_at", deleted_at).key("deleted_by");
  by ? w.value(by) : w.value(nullptr);
  w.member("purge_at", timestamp(deleted_at + trash_kept)).close('}');
}

/// Newest first; the cursor is the deletion's seq and the id of the last item.
answer asker::on(const get_trash& q) const {
  json_writer w;
  w.open('{').key("items").open('[');
  std::string next;
  if (s.deleted_at) {
    if (me->role != member_role::owner)
      return gone();
    write_trash(w, "list", s.id, s, s.name, *s.deleted_at, s.deleted_by);
  } else {
    auto i = s.trash.end();
    if (!q.cursor.empty()) {
      task last;
      const auto dot = std::min(q.cursor.find('.'), q.cursor.size());
      const auto id = parse_uuid(std::string_view(q.cursor).substr(std::min(dot + 1, q.cursor.size())));
      const auto end = q.cursor.data() + dot;
      if (!id || std::from_chars(q.cursor.data(), end, last.deleted_seq).ptr != end)
        return refused(refuse(problem_code::bad_cursor, "the cursor does not belong to this query"));
      last.id = *id;
      i = s.trash.lower_bound(&last);
    }
    for (std::size_t n = 0; i != s.trash.begin(); ++n) {
      if (n == q.limit) {
        next = std::to_string((*i)->deleted_seq) + '.' + to_string((*i)->id);
        break;
      }
      const auto& t = **--i;
      write_trash(w, "task", t.id, s, t.title, *t.deleted_at, t.deleted_by);
    }
  }
  w.close(']').raw_member("next_cursor", cursor_json(next)).close('}');
  return seen({share(w.take())});
}

bool includes_deleted(const query& q) {
  if (const auto* one = std::get_if<get_list>(&q))
    return one->include_deleted;
  if (const auto* one = std::get_if<get_task>(&q))
    return one->include_deleted;
  if (const auto* one = std::get_if<get_standing>(&q))
    return one->include_deleted;
  return std::holds_alternative<get_trash>(q);
}

}  // namespace

std::shared_ptr<const message_body> make_query(query q) { return make_body(std::move(q)); }

std::string_view type_of(const query& q) noexcept { return types[q.index()]; }

answer ask(const state& s, const query& q, const principal& who) {
  return ask_as(s, q, who, s.find_member(who.user));
}

answer ask_as(const state& s, const query& q, const principal& who, const member* me) {
  const asker one{s, who, me};
  if (!s.exists() || !one.me || (s.deleted_at && !includes_deleted(q)))
    return one.gone();
  return std::visit([&](const auto& asked) { return one.on(asked); }, q);
}

}  // namespace callboard::list
