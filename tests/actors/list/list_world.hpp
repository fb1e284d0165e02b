#pragma once

#include "actors/base/json_reader.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/list_kind.hpp"
#include "actors/list/list_query.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace callboard::list {

namespace json = boost::json;

/// A UUID with a number in its last bytes.
inline uuid id_of(std::uint32_t n) {
  uuid id;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  for (std::size_t i = 0; i < 4; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}
inline std::string text_of(std::uint32_t n) { return to_string(id_of(n)); }
/// An id as a value of parsed JSON.
inline json::value json_id(std::uint32_t n) { return json::value(json::string(text_of(n))); }
inline std::string quoted(std::uint32_t n) { return '"' + text_of(n) + '"'; }

/// One list as its host would run it: commands by name and JSON args, events kept as the journal keeps them.
struct list_world {
  static constexpr std::uint32_t list_id = 1, ann = 101, ben = 102, eve = 103;

  entity_ref ref{entity_kind::list, text_of(list_id)};
  std::unique_ptr<aggregate> list = descriptor().make(ref);
  std::vector<recorded_event> journal;
  timestamp now{std::chrono::milliseconds{1'790'000'000'000}};
  decision last;
  envelope next;  ///< preconditions for the next command alone

  static principal user(std::uint32_t n) { return {actor_kind::user, instance_role::player, ~0u, id_of(n), {}}; }

  result<answer> run(principal who, std::string type, const std::string& args) {
    const auto body = descriptor().decode(type, json::parse(args));
    auto e = std::exchange(next, {});
    if (!body)
      return {boost::system::in_place_error, body.error()};
    e.to = ref;
    e.type = std::move(type);
    e.body = *body;
    e.who = who;
    now += std::chrono::milliseconds{7};
    auto decided = list->decide(e, now);
    if (!decided)
      return {boost::system::in_place_error, decided.error()};
    last = std::move(*decided);
    for (const auto& draft : last.events) {
      recorded_event row;
      row.entity = std::make_shared<const entity_ref>(ref);
      row.seq = journal.size() + 1;
      row.type = draft.type;
      row.data = draft.data;
      row.meta.part_id = draft.part_id;
      row.meta.old = draft.old;
      row.actor_id = to_string(who.user);
      row.at = now;
      journal.push_back(std::move(row));
    }
    EXPECT_EQ(list->seq(), journal.size());
    return last.reply;
  }
  result<answer> run(std::string type, const std::string& args, std::uint32_t who = ann) {
    return run(user(who), std::move(type), args);
  }
  /// A command that must succeed.
  answer must(std::string type, const std::string& args, std::uint32_t who = ann) {
    const auto label = type + " " + args;
    auto a = run(std::move(type), args, who);
    EXPECT_TRUE(a) << label << ": " << (a ? "" : a.error().detail);
    return a ? *a : answer{};
  }
  std::string code_of(std::string type, const std::string& args, std::uint32_t who = ann) {
    const auto before = list->snapshot();
    const auto a = run(std::move(type), args, who);
    EXPECT_EQ(before == list->snapshot(), !a || last.events.empty());
    return a ? std::to_string(a->status) : std::string(info(a.error().code).wire_name);
  }
  answer ask(query q, std::uint32_t who = ann) const {
    envelope e;
    e.to = ref;
    e.role = message_role::query;
    e.type = type_of(q);
    e.body = make_query(std::move(q));
    e.who = user(who);
    return list->ask(e, now);
  }
  json::object get(query q, std::uint32_t who = ann) const {
    const auto a = ask(std::move(q), who);
    EXPECT_FALSE(a.problem);
    return a.problem ? json::object{} : json::parse(join(a.body)).as_object();
  }
  std::string event_types() const {
    std::string all;
    for (const auto& e : last.events)
      all += (all.empty() ? "" : " ") + e.type;
    return all;
  }
  json::object data() const { return json::parse(*last.events.at(0).data).as_object(); }
  json::object task(std::uint32_t n) const { return get(get_task{id_of(n), true}); }

  /// The same list from its journal alone.
  std::unique_ptr<aggregate> replayed() const {
    auto again = descriptor().make(ref);
    for (const auto& e : journal)
      again->replay(e);
    return again;
  }

  void make() { must("list.create", R"({"id":)" + quoted(list_id) + R"(,"name":"Home","owner_name":"Ann"})"); }
  void make_task(std::uint32_t n, const std::string& more = "") {
    must("task.create", R"({"id":)" + quoted(n) + R"(,"title":"task )" + std::to_string(n) + "\"" + more + "}");
  }
  void join_member(std::uint32_t n, const std::string& role) {
    must("member.add", R"({"user_id":)" + quoted(n) + R"(,"name":"U","role":")" + role + "\"}");
  }
};

inline std::string about(std::uint32_t n) { return R"({"id":)" + quoted(n) + "}"; }

}  // namespace callboard::list
