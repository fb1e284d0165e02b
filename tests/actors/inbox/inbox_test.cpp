#include "actors/inbox/inbox.hpp"
#include "actors/inbox/inbox_kind.hpp"
#include "tests/actors/rehearsal.hpp"

namespace callboard {
namespace {

constexpr auto user = "01900000-0000-7000-8000-00000000000a";

std::string news(const char* event, int list, const char* role, const char* name = "Home") {
  char id[37];
  std::snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", list);
  const auto quoted = role ? '"' + std::string(role) + '"' : std::string("null");
  return std::string(R"({"event":")") + event + R"(","list_id":")" + id + R"(","name":")" + name +
         R"(","my_role":)" + quoted + "}";
}

envelope with_op(const uuid& op_id) {
  envelope out;
  out.op_id = op_id;
  return out;
}

class Inbox : public ::testing::Test {
 protected:
  rehearsal r{inbox::descriptor(), user};

  std::size_t lists() const {
    return rehearsal::json_of(r.ask("inbox.lists")).at("lists").as_array().size();
  }
  static principal owner() {
    principal p;
    p.user = parse_uuid(user).value();
    return p;
  }
};

TEST_F(Inbox, RecordsWhatItIsToldUnderItsOwnType) {
  const auto told = r.grant("inbox.tell", news("member.added", 1, "owner"));
  ASSERT_EQ(told.events.size(), 1u);
  EXPECT_EQ(told.events[0].type, "member.added.v1");
  EXPECT_EQ(
    *told.events[0].data,
    R"({"list_id":"01900000-0000-7000-8000-000000000001","name":"Home","my_role":"owner"})");
  EXPECT_TRUE(told.events[0].part_id.empty());
  EXPECT_EQ(r.grant("inbox.tell", news("list.deleted", 1, nullptr)).events[0].part_id,
            "01900000-0000-7000-8000-000000000001");
  EXPECT_EQ(lists(), 0u);
  r.expect_replay_equals_live();
}

TEST_F(Inbox, ARepeatHasNoSecondEffectAlsoAfterARestart) {
  const auto op = make_uuid_v7();
  r.grant("inbox.tell", news("member.added", 1, "owner"), with_op(op));
  r.grant("inbox.tell", news("member.removed", 1, nullptr));
  EXPECT_TRUE(r.grant("inbox.tell", news("member.added", 1, "owner"), with_op(op)).events.empty());
  EXPECT_EQ(lists(), 0u);

  const auto restored = inbox::descriptor().make(r.self());
  ASSERT_TRUE(restored->restore(r.live().snapshot()));
  envelope repeat = with_op(op);
  repeat.body = inbox::descriptor()
                  .decode("inbox.tell", parse_json(news("member.added", 1, "owner")).value())
                  .value();
  EXPECT_TRUE(restored->decide(repeat, r.now)->events.empty());
}

TEST_F(Inbox, WhatItKnowsAlreadyIsNoNews) {
  r.grant("inbox.tell", news("member.added", 1, "owner"));
  EXPECT_TRUE(r.grant("inbox.tell", news("member.updated", 1, "owner")).events.empty());
  EXPECT_TRUE(r.grant("inbox.tell", news("member.removed", 2, nullptr)).events.empty());
  EXPECT_EQ(r.grant("inbox.tell", news("member.updated", 1, "owner", "House")).events.size(), 1u);
}

TEST_F(Inbox, RemembersABoundedNumberOfTells) {
  for (int i = 0; i < 1500; ++i)
    r.grant("inbox.tell", news("member.updated", 1, i % 2 ? "editor" : "viewer"));
  EXPECT_LT(r.live().state_bytes(), 80u * 1024);
  EXPECT_LT(r.live().snapshot().size(), 60u * 1024);
  r.expect_replay_equals_live();
}

TEST_F(Inbox, OnlyTheUserMayFollowIt) {
  EXPECT_TRUE(r.live().subscribe(owner(), false));
  EXPECT_EQ(r.live().subscribe({}, false).error().code, problem_code::not_found);
  auto other = owner();
  other.user.bytes[15] ^= 1;
  other.role = instance_role::admin;
  EXPECT_EQ(r.live().subscribe(other, true).error().code, problem_code::not_found);
}

TEST_F(Inbox, ASnapshotIsTheMembersOfItsDataInBoundedParts) {
  for (int i = 0; i < 3000; ++i)
    r.grant("inbox.tell", news("member.added", i, "owner", "A list with some name"));
  const auto start = r.live().subscribe(owner(), true).value();
  EXPECT_EQ(start.seq, 3000u);
  ASSERT_GT(start.parts->size(), 1u);
  std::size_t seen = 0;
  for (const auto& part : *start.parts) {
    EXPECT_LT(size_of(part), 256u * 1024);
    seen += parse_trusted_json("{" + join(part) + "}")->at("lists").as_array().size();
  }
  EXPECT_EQ(seen, 3000u);
  EXPECT_EQ(lists(), 3000u);
}

TEST_F(Inbox, AnEmptyInboxHasOneEmptyPart) {
  const auto start = r.live().subscribe(owner(), true).value();
  ASSERT_EQ(start.parts->size(), 1u);
  EXPECT_EQ(join(start.parts->front()), R"("lists":[])");
}

TEST_F(Inbox, UnknownNewsIsRefusedAndUnknownEventsThrow) {
  EXPECT_EQ(r.refused("inbox.tell", news("task.created", 1, "owner")), problem_code::validation);
  recorded_event event;
  event.seq = 1;
  event.type = "task.created.v1";
  event.data = share("{}");
  EXPECT_ANY_THROW(r.live().replay(event));
}

}  // namespace
}  // namespace callboard
