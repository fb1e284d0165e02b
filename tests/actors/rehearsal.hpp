#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/base/json_reader.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// Runs one aggregate as its host would, with a clock set by hand, and keeps what it would have
/// journaled.
class rehearsal {
 public:
  rehearsal(const kind_descriptor& kind, std::string id)
      : kind_(kind), self_{kind.kind, std::move(id)}, live_(kind.make(self_)) {}

  timestamp now{std::chrono::seconds{1'800'000'000}};

  /// Decides a command given as JSON; what it decoded to and led to.
  result<decision> tell(std::string_view type, std::string_view args, envelope settings = {}) {
    auto body = kind_.decode(type, parse_json(args).value());
    if (!body)
      return body.error();
    settings.to = self_;
    settings.type = type;
    settings.body = *body;
    if (!settings.op_id)
      settings.op_id = make_uuid_v7();
    auto out = live_->decide(settings, now);
    if (out)
      record(out->events, settings.op_id);
    return out;
  }

  /// A command that must be granted.
  decision grant(std::string_view type, std::string_view args, envelope settings = {}) {
    auto out = tell(type, args, std::move(settings));
    if (!out) {
      ADD_FAILURE() << type << ": " << out.error().detail;
      return {};
    }
    return *std::move(out);
  }

  /// The code of a command that must be refused, and must leave the state alone.
  problem_code refused(std::string_view type, std::string_view args, envelope settings = {}) {
    const auto before = live_->snapshot();
    const auto out = tell(type, args, std::move(settings));
    EXPECT_EQ(before, live_->snapshot());
    EXPECT_FALSE(out) << type << " was granted";
    return out ? problem_code::internal : out.error().code;
  }

  answer ask(std::string_view type, std::string_view args = "{}") const {
    envelope query;
    query.to = self_;
    query.role = message_role::query;
    query.type = type;
    query.body = kind_.decode(type, parse_json(args).value()).value();
    return live_->ask(query, now);
  }

  /// What an answer says as JSON.
  static boost::json::value json_of(const answer& a) { return parse_json(join(a.body)).value(); }

  aggregate& live() { return *live_; }
  const entity_ref& self() const { return self_; }
  const std::vector<recorded_event>& journal() const { return journal_; }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const auto& event : journal_) out.push_back(event.type);
    return out;
  }

  /// The journal from the beginning, and a snapshot, both lead to the state that lives.
  void expect_replay_equals_live() const {
    const auto replayed = kind_.make(self_);
    for (const auto& event : journal_) replayed->replay(event);
    EXPECT_EQ(replayed->snapshot(), live_->snapshot());
    EXPECT_EQ(replayed->seq(), live_->seq());
    const auto restored = kind_.make(self_);
    ASSERT_TRUE(restored->restore(live_->snapshot()));
    EXPECT_EQ(restored->snapshot(), live_->snapshot());
    EXPECT_EQ(restored->seq(), journal_.size());
  }

 private:
  void record(const std::vector<event_draft>& drafts, const uuid& op_id) {
    for (const auto& draft : drafts) {
      recorded_event event;
      event.entity = std::make_shared<const entity_ref>(self_);
      event.seq = journal_.size() + 1;
      event.type = draft.type;
      event.data = draft.data;
      event.meta.op_id = op_id;
      event.meta.part_id = draft.part_id;
      event.meta.old = draft.old;
      event.at = now;
      journal_.push_back(std::move(event));
    }
  }

  const kind_descriptor& kind_;
  entity_ref self_;
  std::unique_ptr<aggregate> live_;
  std::vector<recorded_event> journal_;
};

}  // namespace callboard
