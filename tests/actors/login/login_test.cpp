#include "actors/login/login.hpp"
#include "actors/login/login_kind.hpp"
#include "tests/actors/rehearsal.hpp"

namespace callboard {
namespace {

constexpr auto ann = R"({"user_id":"01900000-0000-7000-8000-00000000000a"})";
constexpr auto bob = R"({"user_id":"01900000-0000-7000-8000-00000000000b"})";

class Login : public ::testing::Test {
 protected:
  rehearsal r{login::descriptor(), login::email_id("Ann@Example.org")};

  problem_code find_problem() const { return r.ask("login.find").problem.value().code; }
};

TEST_F(Login, IdsIgnoreCase) {
  EXPECT_EQ(r.self().id, "email:ann@example.org");
  EXPECT_EQ(login::username_id("Ann_1"), "name:ann_1");
}

TEST_F(Login, AReservedNameIsNotFoundUntilItIsConfirmed) {
  const auto reserved = r.grant("login.reserve", ann);
  ASSERT_EQ(reserved.timers.size(), 1u);
  EXPECT_EQ(reserved.timers[0].due_at, r.now + login::reservation_time);
  EXPECT_EQ(find_problem(), problem_code::not_found);
  const auto confirmed = r.grant("login.confirm", ann);
  ASSERT_EQ(confirmed.timers.size(), 1u);
  EXPECT_FALSE(confirmed.timers[0].due_at);
  EXPECT_EQ(rehearsal::json_of(r.ask("login.find")).at("user_id"),
            "01900000-0000-7000-8000-00000000000a");
  r.expect_replay_equals_live();
}

TEST_F(Login, AnotherUserIsRefusedAndTheSameIsNot) {
  r.grant("login.reserve", ann);
  EXPECT_EQ(r.refused("login.reserve", bob), problem_code::already_exists);
  EXPECT_EQ(r.refused("login.confirm", bob), problem_code::already_exists);
  EXPECT_TRUE(r.grant("login.reserve", ann).events.empty());
  r.grant("login.confirm", ann);
  EXPECT_TRUE(r.grant("login.confirm", ann).events.empty());
  EXPECT_EQ(r.refused("login.reserve", bob), problem_code::already_exists);
}

TEST_F(Login, AnUnconfirmedReservationLapses) {
  r.grant("login.reserve", ann);
  r.grant("timer.fired", R"({"name":"reservation","gen":1})");
  EXPECT_FALSE(r.grant("login.reserve", bob).events.empty());
  r.expect_replay_equals_live();
}

TEST_F(Login, AnOldFiringFreesNothing) {
  r.grant("login.reserve", ann);
  EXPECT_TRUE(r.grant("timer.fired", R"({"name":"reservation","gen":9})").events.empty());
  EXPECT_TRUE(r.grant("timer.fired", R"({"name":"other","gen":1})").events.empty());
  r.grant("login.confirm", ann);
  EXPECT_TRUE(r.grant("timer.fired", R"({"name":"reservation","gen":1})").events.empty());
  EXPECT_FALSE(r.ask("login.find").problem);
}

TEST_F(Login, AConfirmationAfterTheLapseTakesAFreeName) {
  r.grant("login.reserve", ann);
  r.grant("timer.fired", R"({"name":"reservation","gen":1})");
  r.grant("login.confirm", ann);
  EXPECT_FALSE(r.ask("login.find").problem);
  r.expect_replay_equals_live();
}

TEST_F(Login, OnlyTheHolderReleases) {
  r.grant("login.reserve", ann);
  r.grant("login.confirm", ann);
  EXPECT_TRUE(r.grant("login.release", bob).events.empty());
  r.grant("login.release", ann);
  EXPECT_EQ(find_problem(), problem_code::not_found);
  EXPECT_TRUE(r.grant("login.release", ann).events.empty());
  r.expect_replay_equals_live();
}

TEST_F(Login, BadArgsNameTheirPlace) {
  const auto out = r.tell("login.reserve", R"({"user_id":7,"x":1})");
  ASSERT_FALSE(out);
  ASSERT_EQ(out.error().errors.size(), 2u);
  EXPECT_EQ(out.error().errors[0].pointer, "/user_id");
  EXPECT_EQ(out.error().errors[0].code, "type");
  EXPECT_EQ(out.error().errors[1].code, "unknown_member");
  EXPECT_FALSE(r.tell("login.steal", ann));
}

TEST_F(Login, AQueryIsNoCommandAndItsStreamIsNotThere) {
  EXPECT_EQ(r.refused("login.find", "{}"), problem_code::bad_request);
  EXPECT_EQ(r.live().subscribe({}, true).error().code, problem_code::not_found);
}

TEST_F(Login, DamagedSnapshotsAreRefused) {
  for (const auto* bytes : {"", "3", "3 ", "3 {}", "x {}", "3 []"})
    EXPECT_FALSE(r.live().restore(bytes)) << bytes;
}

}  // namespace
}  // namespace callboard
