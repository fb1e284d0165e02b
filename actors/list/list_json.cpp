#include "actors/list/list_json.hpp"

#include "actors/base/event.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/list/list_json_fields.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace callboard::list {
namespace {

std::atomic<std::uint64_t> stream_epoch{0};

std::string digest_text(std::uint64_t digest) { return epoch_text(digest); }

template <class Patch, class Fields>
void write_fields(json_writer& w, const Fields& fields) {
  each_field<Patch>([&](std::uint8_t, const auto& row) {
    w.key(row.name);
    write(w, fields.*row.value);
  });
}

}  // namespace

void set_stream_epoch(std::uint64_t epoch) noexcept { stream_epoch.store(epoch, std::memory_order_relaxed); }

std::string render_list_members(const state& s, const member* caller) {
  json_writer w(512 + text_size(s));
  w.member("id", s.id).member("name", s.name).member("key", s.key).member("color", s.color);
  w.member("description", s.description).key("settings");
  write(w, s.settings);
  w.member("github_repo_id", nullptr);
  if (caller)
    w.member("my_role", to_string(caller->role));
  // Before its maker is a member the list already counts him.
  w.member("member_count", std::max<std::size_t>(s.members.size(), 1));
  w.member("epoch", epoch_text(stream_epoch.load(std::memory_order_relaxed))).member("seq", s.seq);
  w.member("digest", digest_text(s.digest)).member("rev", s.rev);
  w.member("created_at", s.created_at).member("updated_at", s.updated_at);
  w.member("archived_at", s.archived_at).member("deleted_at", s.deleted_at);
  return w.take();
}

std::string render_list(const state& s, const member* caller) {
  return '{' + render_list_members(s, caller) + '}';
}

std::string render_section(const state& s, const section& one) {
  json_writer w;
  w.open('{').member("id", one.id).member("list_id", s.id);
  write_fields<section_patch>(w, one);
  return w.member("rev", one.rev).close('}').take();
}

std::string render_tag(const state& s, const tag& one) {
  json_writer w;
  w.open('{').member("id", one.id).member("list_id", s.id);
  write_fields<tag_patch>(w, one);
  return w.member("rev", one.rev).close('}').take();
}

std::string render_member(const member& one) {
  json_writer w;
  w.open('{').member("user_id", one.user_id);
  write_fields<member_patch>(w, one);
  return w.member("since", one.since).close('}').take();
}

std::string render_task(const state& s, const task& one) {
  json_writer w(1152 + one.title.size() + one.description.size() + one.reminders.json.size() +
                one.tags.size() * 40 + one.assignees.size() * 80);
  w.open('{').member("id", one.id).member("list_id", s.id).member("number", one.number);
  each_field<task_patch>([&](std::uint8_t, const auto& row) {
    w.key(row.name);
    write(w, one.*row.value);
    if (row.name == "status")
      w.member("completed", one.status == task_status::completed);
  });
  w.raw_members(R"("links":[],"work":null,"comment_count":0)");
  w.key("created_by");
  write(w, one.created_by);
  w.member("deleted_at", one.deleted_at).member("rev", one.rev);
  w.member("created_at", one.created_at).member("updated_at", one.updated_at);
  return w.close('}').take();
}

std::string render_sections(const state& s) {
  std::vector<const section*> ordered;
  for (const auto& [id, one] : s.sections)
    ordered.push_back(&one);
  std::sort(ordered.begin(), ordered.end(), [](const section* a, const section* b) {
    return std::tie(a->position, a->id) < std::tie(b->position, b->id);
  });
  json_writer w;
  w.open('[');
  for (const auto* one : ordered)
    w.raw(render_section(s, *one));
  return w.close(']').take();
}

std::string render_tags(const state& s) {
  json_writer w;
  w.open('[');
  for (const auto& [id, one] : s.tags)
    w.raw(render_tag(s, one));
  return w.close(']').take();
}

std::string render_members(const state& s) {
  json_writer w;
  w.open('[');
  for (const auto& [id, one] : s.members)
    w.raw(render_member(one));
  return w.close(']').take();
}

list_fields read_list_fields(const boost::json::object& o) { return read_fields<list_patch, list_fields>(o); }
section_fields read_section_fields(const boost::json::object& o) {
  return read_fields<section_patch, section_fields>(o);
}
tag_fields read_tag_fields(const boost::json::object& o) { return read_fields<tag_patch, tag_fields>(o); }
member_fields read_member_fields(const boost::json::object& o) {
  return read_fields<member_patch, member_fields>(o);
}
task_fields read_task_fields(const boost::json::object& o) { return read_fields<task_patch, task_fields>(o); }

}  // namespace callboard::list
