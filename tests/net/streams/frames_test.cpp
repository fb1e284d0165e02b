#include "net/frames.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace callboard::net {
namespace {

constexpr auto list = R"("stream":"list:01920000-0000-7000-8000-000000000001")";

std::string with_list(std::string text) {
  if (const auto at = text.find('@'); at != std::string::npos)
    text.replace(at, 1, list);
  return text;
}

TEST(Frames, WhatBreaksTheProtocolIsRefusedWhole) {
  const std::vector<std::string> broken{
    "", "x", "1", "null", "\"hello\"", "[]", "[1]", "[[]]", "{}", "[{}]", R"({"t":1})", R"({"t":"nope"})",
    R"({"t":"hello","t":"hello"})", R"({"t":"hello"} )" "x", R"([{"t":"ping"},1])", R"({"t":"hello","token":1})",
    R"({"t":"hello","token":null})", R"({"t":"hello","client":"me"})", R"({"t":"hello","resume":[]})",
    R"({"t":"hello","resume":{"list:x":1}})", R"({"t":"hello","resume":{"list:x":{"seq":1}}})",
    R"({"t":"hello","resume":{"list:x":{"epoch":"0000000000000001"}}})", R"({"t":"sub","id":1})",
    R"({"t":"sub",@})", R"({"t":"sub","id":true,@})", R"({"t":"sub","id":1.5,@})", R"({"t":"sub","id":null,@})",
    R"({"t":"sub","id":{},@})", R"({"t":"sub","id":1,"stream":7})", R"({"t":"sub","id":1,@,"since":5})",
    R"({"t":"sub","id":1,@,"since":{"epoch":1,"seq":1}})", R"({"t":"sub","id":1,@,"since":{"epoch":"1","seq":"1"}})",
    R"({"t":"sub","id":1,@,"since":{"epoch":"1","seq":1.5}})", R"({"t":"sub","id":1,@,"snapshot":1})",
    R"({"t":"sub","id":1,@,"presence":"yes"})", R"({"t":"sub","id":1,@,"events":"task.*"})",
    R"({"t":"sub","id":1,@,"events":[1]})", R"({"t":"unsub","id":1})", R"({"t":"ack",@})",
    R"({"t":"ack",@,"seq":"1"})", R"({"t":"pres",@})", R"({"t":"pres",@,"state":1})", R"({"t":"auth","id":1})",
    R"({"t":"auth","id":1,"token":1})", R"({"t":"ping","ts":{}})", R"({"t":"cmd","id":1,"type":"task.create"})",
    R"({"t":"cmd","id":1,@})", R"({"t":"cmd",@,"type":"task.create"})", R"({"t":"cmd","id":1,@,"type":1})",
    R"({"t":"cmd","id":1,@,"type":"a","args":[]})", R"({"t":"cmd","id":1,@,"type":"a","op_id":1})",
    R"({"t":"cmd","id":1,@,"type":"a","if_rev":"1"})", R"({"t":"cmd","id":1,@,"type":"a","base_rev":1.5})",
    R"({"t":"cmd","id":1,@,"type":"a","async":1})", R"({"t":"ping","ts":1e400})",
  };
  for (const auto& text : broken)
    EXPECT_FALSE(decode_message(with_list(text))) << text;
}

TEST(Frames, ValuesOutOfRangeAreRefusedAndKeepTheirId) {
  const std::vector<std::string> refused{
    R"({"t":"sub","id":7,@,"snapshot":"sometimes"})", R"({"t":"sub","id":7,@,"events":[]})",
    R"({"t":"sub","id":7,@,"events":["*"]})", R"({"t":"sub","id":7,@,"events":["Task.created"]})",
    R"({"t":"sub","id":7,@,"since":{"epoch":"1","seq":-1}})", R"({"t":"sub","id":7,@,"colour":"red"})",
    R"({"t":"cmd","id":7,@,"type":"a","op_id":"x"})", R"({"t":"cmd","id":7,@,"type":"a","if_rev":-1})",
    R"({"t":"cmd","id":7,@,"type":"a","extra":1})", R"({"t":"auth","id":7,"token":"x","extra":1})",
    R"({"t":"unsub","id":7,@,"extra":1})",
  };
  for (const auto& text : refused) {
    const auto frames = decode_message(with_list(text));
    ASSERT_TRUE(frames) << text;
    ASSERT_TRUE(std::holds_alternative<refused_frame>(frames->front())) << text;
    EXPECT_EQ(id_of(frames->front()), "7") << text;
    EXPECT_EQ(std::get<refused_frame>(frames->front()).why.code, problem_code::validation) << text;
  }
}

TEST(Frames, AnIdThatIsTooLongIsRefusedWithoutBeingEchoed) {
  const auto frames = decode_message(R"({"t":"unsub","id":")" + std::string(65, 'x') + R"(","stream":"list:x"})");
  ASSERT_TRUE(frames);
  ASSERT_TRUE(std::holds_alternative<refused_frame>(frames->front()));
  EXPECT_EQ(id_of(frames->front()), "");
}

TEST(Frames, AnArrayHoldsOneToAHundredFramesInOrder) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i)
    text += (i ? "," : "") + std::string(R"({"t":"ping","ts":)") + std::to_string(i) + "}";
  const auto frames = decode_message(text + "]");
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 100u);
  EXPECT_EQ(std::get<ping_frame>(frames->at(99)).ts, "99");
  EXPECT_FALSE(decode_message(text + R"(,{"t":"ping"}])"));
}

TEST(Frames, ACommandKeepsWhatItSays) {
  const auto frames = decode_message(with_list(
    R"({"t":"cmd","id":"a\"b","op_id":"01920000-0000-7000-8000-0000000000FF",@,"type":"task.update","args":{"id":1},"base_rev":4})"));
  ASSERT_TRUE(frames);
  const auto& cmd = std::get<cmd_frame>(frames->front());
  EXPECT_EQ(cmd.id, R"("a\"b")");
  EXPECT_EQ(to_string(cmd.op_id), "01920000-0000-7000-8000-0000000000ff");
  EXPECT_EQ(boost::json::serialize(*cmd.args), R"({"id":1})");
  EXPECT_EQ(cmd.base_rev, 4u);
  EXPECT_FALSE(cmd.if_rev);
}

TEST(Frames, AnEpochThatIsNoneOfOursIsAnotherHistory) {
  const auto frames = decode_message(with_list(R"({"t":"sub","id":1,@,"since":{"epoch":"zz","seq":3}})"));
  ASSERT_TRUE(frames);
  const auto& sub = std::get<sub_frame>(frames->front());
  EXPECT_EQ(sub.since->epoch, 0u);
  EXPECT_EQ(sub.since->seq, 3u);
}

TEST(Frames, AFilterTakesExactTypesAndWholeFamilies) {
  event_filter filter;
  ASSERT_TRUE(filter.add("task.*"));
  ASSERT_TRUE(filter.add("list.updated"));
  EXPECT_TRUE(filter.passes("task.created"));
  EXPECT_TRUE(filter.passes("list.updated"));
  EXPECT_FALSE(filter.passes("list.archived"));
  EXPECT_FALSE(filter.passes("tasks.created"));
}

TEST(Frames, StreamsAreReadUnderTheirTrueName) {
  const auto me = *parse_uuid("01920000-0000-7000-8000-00000000000a");
  EXPECT_EQ(stream_name(*parse_stream("user:me", me)), "user:01920000-0000-7000-8000-00000000000a");
  EXPECT_EQ(stream_name(*parse_stream("list:01920000-0000-7000-8000-0000000000AB", me)),
            "list:01920000-0000-7000-8000-0000000000ab");
  for (const auto* name : {"", "list:", "list:me", "queue:x", "list:01920000", "account:x", "user:"})
    EXPECT_FALSE(parse_stream(name, me)) << name;
}

TEST(Frames, WhatTheServerSaysIsJson) {
  answer done;
  done.seq = 4;
  done.resources = {"/v1/lists/x"};
  for (const auto& text :
       {welcome_text({make_uuid_v7(), "n1", timestamp{}, 256, 65536, make_uuid_v7(), "A\"b"}),
        reply_ok("1"), reply_refused("", "{}"), reply_rate_limited("1", "{}", 20), reply_subscribed("", "list:x", 1, {}),
        reply_not_subscribed("1", "list:x", "{}"), reply_unsubscribed("1", "list:x"),
        reply_command("1", make_uuid_v7(), "applied", "list:x", done),
        command_outcome_text(make_uuid_v7(), "list:x", done, ""), heartbeat_text("list:x", 3, "00ff"),
        resync_text("list:x", "overflow", 1, 3), pong_text("1"), expiring_text(60000), bye_text(4000, "draining", 7, true),
        snap_head("list:x", 1, 2, 1, 2) + std::string(snap_tail), evs_head("list:x", 1, 2, 0) + std::string(evs_tail)}) {
    boost::json::error_code error;
    const auto value = boost::json::parse(text, error);
    EXPECT_FALSE(error) << text;
  }
}

}  // namespace
}  // namespace callboard::net
