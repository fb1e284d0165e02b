#include "tests/net/api/api_harness.hpp"

namespace callboard::testing {
namespace {

class ApiPast : public ApiTest {
 protected:
  std::string path(const std::string& list) const { return "/v1/lists/" + list; }
};

TEST_F(ApiPast, AtSeqShowsTheListOfThenWithItsETag) {
  sign_up("ada");
  const auto list = make_list();
  make_task(list, "Milk");
  const auto then = call("GET", path(list) + "?include=tasks,tags,members,sections");
  make_task(list, "Bread");
  const auto seen = call("GET", path(list) + "?include=tasks,tags,members,sections&at_seq=" +
                                  std::to_string(then["seq"].to_number<int>()));
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.text, then.text);
  EXPECT_EQ(seen.field("ETag"), then.field("ETag"));
  const auto same = call("GET", path(list) + "?at_seq=" + std::to_string(then["seq"].to_number<int>()), {},
                         {{"if-none-match", then.field("ETag")}});
  EXPECT_EQ(same.status, 304);
}

TEST_F(ApiPast, StrangersAndPositionsThatAreNotThereAre404) {
  sign_up("ada");
  const auto list = make_list();
  EXPECT_EQ(call("GET", path(list) + "?at_seq=3").status, 404) << "past the head";
  EXPECT_EQ(call("GET", path(list) + "?at=2001-01-01T00:00:00Z").status, 404) << "before it was made";
  EXPECT_EQ(call("GET", path(list) + "?at_seq=1&at=2001-01-01T00:00:00Z").word("code"), "bad_filter");
  sign_up("bob");
  EXPECT_EQ(call("GET", path(list) + "?at_seq=1").status, 404);
}

TEST_F(ApiPast, AThirdReplayAtATimeIsOverloaded) {
  sign_up("ada");
  const auto list = make_list();
  shared_.replays = 2;
  const auto no = call("GET", path(list) + "?at_seq=1");
  EXPECT_EQ(no.status, 503);
  EXPECT_EQ(no.word("code"), "overloaded");
  shared_.replays = 0;
  EXPECT_EQ(call("GET", path(list) + "?at_seq=1").status, 200);
  EXPECT_EQ(shared_.replays, 0) << "its place was given back";
}

}  // namespace
}  // namespace callboard::testing
