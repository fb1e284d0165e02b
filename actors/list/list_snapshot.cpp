#include "actors/base/json_reader.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/list_json_fields.hpp"

#include <memory>
#include <vector>

namespace callboard::list {
namespace {

using object = boost::json::object;

void write_revs(json_writer& w, const field_revs& revs) {
  w.key("revs").open('[').value(revs.base);
  for (const auto& [field, rev] : revs.later)
    w.value(static_cast<std::uint64_t>(field)).value(rev);
  w.close(']');
}

void read_revs(const object& in, field_revs& revs) {
  const auto& all = in.at("revs").as_array();
  read(all.at(0), revs.base);
  for (std::size_t i = 1; i + 1 < all.size(); i += 2)
    revs.later.emplace_back(all[i].to_number<std::uint8_t>(), all[i + 1].to_number<std::uint64_t>());
}

/// What a snapshot has of a task, beside its shared JSON.
struct frozen_task {
  explicit frozen_task(const task& t)
      : json(t.json), deleted_seq(t.deleted_seq), deleted_by(t.deleted_by), revs(t.revs) {}

  shared_text json;
  std::uint64_t deleted_seq;
  uuid deleted_by;
  field_revs revs;
};

void write_task(json_writer& w, const frozen_task& t) {
  w.open('{').raw_member("task", *t.json).member("deleted_seq", t.deleted_seq).key("deleted_by");
  write(w, t.deleted_by);
  write_revs(w, t.revs);
  w.close('}');
}

constexpr std::size_t bytes_around_a_task = 160;

template <class Map, class F>
void write_parts(json_writer& w, std::string_view name, const Map& parts, F&& render) {
  w.key(name).open('[');
  for (const auto& [id, part] : parts) {
    w.open('{').raw_member("part", render(part));
    write_revs(w, part.revs);
    w.close('}');
  }
  w.close(']');
}

task read_task(const object& in) {
  const auto& whole = in.at("task").as_object();
  task t;
  static_cast<task_fields&>(t) = read_task_fields(whole);
  read(whole.at("id"), t.id);
  read(whole.at("number"), t.number);
  read(whole.at("rev"), t.rev);
  read(whole.at("created_by"), t.created_by);
  read(whole.at("created_at"), t.created_at);
  read(whole.at("updated_at"), t.updated_at);
  read(whole.at("deleted_at"), t.deleted_at);
  read(in.at("deleted_seq"), t.deleted_seq);
  read(in.at("deleted_by"), t.deleted_by);
  read_revs(in, t.revs);
  if (t.live())
    t.digest_term = digest_term("task", t.id, t.rev);
  return t;
}

template <class Part>
void take_part(state& s, std::map<uuid, Part>& into, const object& in, Part&& part, std::string_view kind) {
  const auto& whole = in.at("part").as_object();
  read(whole.at("id"), part.id);
  read(whole.at("rev"), part.rev);
  read_revs(in, part.revs);
  part.digest_term = digest_term(kind, part.id, part.rev);
  s.digest += part.digest_term;
  s.text_bytes += part.name.size();
  const auto id = part.id;
  into.emplace(id, std::move(part));
}

void read_members(state& s, const object& in) {
  for (const auto& one : in.at("members").as_array()) {
    const auto& whole = one.as_object().at("part").as_object();
    member m;
    static_cast<member_fields&>(m) = read_member_fields(whole);
    read(whole.at("user_id"), m.user_id);
    read(whole.at("since"), m.since);
    read_revs(one.as_object(), m.revs);
    const auto id = m.user_id;
    s.members.emplace(id, std::move(m));
  }
}

void read_head(state& s, const object& in) {
  read(in.at("seq"), s.seq);
  read(in.at("rev"), s.rev);
  s.purged = in.at("purged").as_bool();
  read(in.at("updated_at"), s.updated_at);
  if (s.purged)
    return;
  const auto& whole = in.at("list").as_object();
  static_cast<list_fields&>(s) = read_list_fields(whole);
  read(whole.at("created_at"), s.created_at);
  read(in.at("deleted_seq"), s.deleted_seq);
  read(in.at("deleted_by"), s.deleted_by);
  read(in.at("last_number"), s.last_number);
  read_revs(in, s.revs);
  s.digest_term = digest_term("list", s.id, s.rev);
  s.digest = s.digest_term;
  s.text_bytes = text_size(s);
}

void read_state(const object& in, state& s) {
  read_head(s, in);
  if (s.purged)
    return;
  for (const auto& one : in.at("sections").as_array()) {
    section part;
    static_cast<section_fields&>(part) = read_section_fields(one.as_object().at("part").as_object());
    take_part(s, s.sections, one.as_object(), std::move(part), "section");
  }
  for (const auto& one : in.at("tags").as_array()) {
    tag part;
    static_cast<tag_fields&>(part) = read_tag_fields(one.as_object().at("part").as_object());
    take_part(s, s.tags, one.as_object(), std::move(part), "tag");
  }
  read_members(s, in);
  const auto& tasks = in.at("tasks").as_array();
  s.tasks.reserve(tasks.size());
  for (const auto& one : tasks) {
    auto t = read_task(one.as_object());
    t.json = share(render_task(s, t));
    insert_task(s, std::move(t));
  }
  for (const auto& [id, t] : s.tasks)
    if (const auto parent = s.tasks.find(t.parent_id); parent != s.tasks.end())
      ++parent->second.children;
}

}  // namespace

frozen_state freeze_state(const state& s) {
  auto w = std::make_shared<json_writer>(4096);
  w->open('{').member("v", 1).member("seq", s.seq).member("rev", s.rev).member("purged", s.purged);
  w->member("updated_at", s.updated_at);
  if (s.purged)
    return {256, [w] { return w->close('}').take(); }};
  w->raw_member("list", render_list(s, nullptr)).member("deleted_seq", s.deleted_seq).key("deleted_by");
  write(*w, s.deleted_by);
  w->member("last_number", s.last_number);
  write_revs(*w, s.revs);
  write_parts(*w, "sections", s.sections, [&](const auto& part) { return render_section(s, part); });
  write_parts(*w, "tags", s.tags, [&](const auto& part) { return render_tag(s, part); });
  write_parts(*w, "members", s.members, [&](const auto& part) { return render_member(part); });
  auto tasks = std::make_shared<std::vector<frozen_task>>();
  tasks->reserve(s.tasks.size());
  std::size_t bytes = 4096;
  const auto take = [&](const task& t) {
    bytes += t.json->size() + bytes_around_a_task;
    tasks->emplace_back(t);
  };
  for (const auto* t : s.order)
    take(*t);
  for (const auto* t : s.trash)
    take(*t);
  return {bytes, [w, tasks] {
            w->key("tasks").open('[');
            for (const auto& t : *tasks)
              write_task(*w, t);
            return w->close(']').close('}').take();
          }};
}

std::string encode_state(const state& s) { return freeze_state(s).encode(); }

result<void> decode_state(std::string_view bytes, state& s) {
  const auto parsed = parse_trusted_json(bytes);
  if (!parsed)
    return parsed.error();
  try {
    read_state(parsed->as_object(), s);
    return {};
  } catch (const std::exception& e) {
    return refuse(problem_code::internal, std::string("a list's snapshot is damaged: ") + e.what());
  }
}

}  // namespace callboard::list
