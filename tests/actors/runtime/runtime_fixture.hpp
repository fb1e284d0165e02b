#pragma once

#include "actors/base/work_pool.hpp"
#include "actors/kinds.hpp"
#include "actors/list/list_query.hpp"
#include "actors/runtime/runtime.hpp"
#include "tests/actors/runtime/memory_store.hpp"
#include "tests/actors/runtime/probes.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace callboard::test {

/// A node's runtime over the hand-driven store, with one list owned by `owner`.
class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override { restart(); }
  void TearDown() override { node.reset(); }

  void restart(runtime::runtime_settings settings = {}) {
    node.reset();
    readers = std::make_unique<work_pool>("readers", 2, 1000);
    settings.scheduler_threads = 2;
    settings.housekeeping_period = std::chrono::milliseconds(20);
    node = std::make_unique<runtime::node_runtime>(journal, *readers, settings,
                                                  runtime::runtime_hooks{[] { FAIL() << "fenced"; }, {}});
  }

  principal user(const uuid& id) const {
    return {actor_kind::user, instance_role::player, scopes_of(instance_role::player), id, id};
  }

  std::shared_ptr<envelope> command(const entity_ref& to, std::string type, boost::json::object args) {
    auto message = std::make_shared<envelope>();
    message->to = to;
    auto body = descriptor_of(to.kind).decode(type, args);
    EXPECT_TRUE(body) << (body ? "" : body.error().detail);
    message->type = std::move(type);
    message->body = *body;
    message->who = user(owner);
    message->op_id = make_uuid_v7();
    message->deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    message->bytes = 100;
    message->reply_to = &answers;
    message->correlation = ++last;
    return message;
  }
  std::uint64_t tell(std::shared_ptr<envelope> message) {
    const auto correlation = message->correlation;
    node->tell(std::move(message));
    return correlation;
  }
  std::uint64_t create_list() {
    return tell(command(list, "list.create", {{"id", list.id}, {"name", "Home"}, {"owner_name", "Ann"}}));
  }
  /// A list with its two first events, its maker told through the outbox, and nothing under way.
  bool given_a_list() {
    return settled({create_list()}) && eventually([&] {
             journal.commit();
             return journal.outbox_count() == 0 && journal.queued() == 0;
           });
  }
  std::uint64_t create_task(const std::string& title = "Milk") {
    return tell(command(list, "task.create", {{"id", to_string(make_uuid_v7())}, {"title", title}}));
  }
  std::uint64_t read_list() {
    auto message = std::make_shared<envelope>();
    message->to = list;
    message->role = message_role::query;
    list::query q = list::get_list{};
    message->type = list::type_of(q);
    message->body = list::make_query(std::move(q));
    message->who = user(owner);
    message->deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    message->reply_to = &answers;
    message->correlation = ++last;
    return tell(std::move(message));
  }
  void subscribe(std::uint64_t token, std::optional<position> since = {}, snapshot_wish wish = snapshot_wish::never) {
    node->subscribe({list, user(owner), &stream, token, since, wish,
                     std::chrono::steady_clock::now() + std::chrono::seconds(30)});
  }

  /// Commits whatever comes until every one of these is answered.
  bool settled(std::initializer_list<std::uint64_t> correlations) {
    return eventually([&] {
      journal.commit();
      return std::all_of(correlations.begin(), correlations.end(), [&](auto c) { return answers.has(c); });
    });
  }
  bool waits(std::size_t items) {
    return eventually([&] { return journal.queued() == items; });
  }
  std::vector<std::uint64_t> seqs() {
    std::vector<std::uint64_t> found;
    for (const auto& event : journal.log(list))
      found.push_back(event->seq);
    return found;
  }

  /// Number of the last event that given_a_list() leaves: the list and its owner.
  static constexpr std::uint64_t first = 2;

  const uuid owner = make_uuid_v7();
  const entity_ref list{entity_kind::list, to_string(make_uuid_v7())};
  memory_store journal;
  answer_probe answers;
  stream_probe stream;
  std::unique_ptr<work_pool> readers;
  std::unique_ptr<runtime::node_runtime> node;
  std::uint64_t last = 0;
};

}  // namespace callboard::test
