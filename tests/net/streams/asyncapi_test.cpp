#include "net/asyncapi.hpp"
#include "actors/base/event.hpp"
#include "net/frame_tables.hpp"
#include "net/frames.hpp"
#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

namespace callboard::net::test {
namespace {

bool fits(const json::value& value, member_type type) {
  switch (type) {
    case member_type::text: return value.is_string();
    case member_type::natural: return value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
    case member_type::nullable_text: return value.is_null() || value.is_string();
    case member_type::nullable_natural: return value.is_null() || fits(value, member_type::natural);
    case member_type::flag: return value.is_bool();
    case member_type::object: return value.is_object();
    case member_type::array: return value.is_array();
    case member_type::id: return value.is_string() || fits(value, member_type::natural);
    case member_type::scalar: return value.is_string() || value.is_number();
  }
  return false;
}

/// Holds what the server writes against the table that describes it.
void expect_described(const std::string& text) {
  const auto frame = json::parse(text).as_object();
  const auto rows = server_frames();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const frame_row& each) { return each.t == text_of(frame, "t"); });
  ASSERT_NE(row, rows.end()) << text;
  for (const auto& member : row->members) {
    EXPECT_TRUE(!member.needed || frame.contains(member.name)) << member.name << " of " << text;
    if (const auto* value = frame.if_contains(member.name)) {
      EXPECT_TRUE(fits(*value, member.type)) << member.name << " of " << text;
    }
  }
  for (const auto& [name, value] : frame)
    EXPECT_TRUE(name == "t" || std::any_of(row->members.begin(), row->members.end(),
                                           [&](const auto& each) { return each.name == std::string_view(name); }))
      << name << " of " << text;
}

TEST(AsyncApi, DescribesWhatTheServerWrites) {
  stream_started start;
  answer applied;
  applied.seq = 4;
  applied.resources = {"/v1/lists/1"};
  recorded_event event;
  event.entity = std::make_shared<const entity_ref>(list_one);
  event.seq = 3;
  event.type = "task.updated.v1";
  event.data = share("{}");
  for (const auto& text : {
         welcome_text({alice, "n1", timestamp{}, 256, 65536, alice, "Alice"}), reply_ok("1"),
         reply_refused("\"a\"", "{}"), reply_rate_limited("1", "{}", 20), reply_subscribed("", one_name, 1, start),
         reply_not_subscribed("1", one_name, "{}"), reply_unsubscribed("1", one_name),
         reply_command("1", alice, "applied", one_name, applied), reply_command("1", alice, "accepted", one_name, {}),
         command_outcome_text(alice, one_name, applied, ""), command_outcome_text(alice, one_name, {}, "{}"),
         heartbeat_text(one_name, 3, std::nullopt), heartbeat_text(one_name, 3, "00"),
         resync_text(one_name, "revoked", 1, 3), pong_text("1"), pong_text(""), expiring_text(5),
         bye_text(4000, "draining", 0, true), snap_head(one_name, 1, 3, 1, 1) + std::string(snap_tail),
         evs_head(one_name, 1, 2, 0) + std::string(evs_tail), render_ev_frame(event, 2)})
    expect_described(text);
}

TEST(AsyncApi, EveryReferenceLeadsSomewhere) {
  const auto document = json::parse(asyncapi_json("1.2.3"));
  EXPECT_EQ(document.at("asyncapi").as_string(), "3.0.0");
  std::size_t followed = 0;
  const std::function<void(const json::value&)> walk = [&](const json::value& here) {
    if (here.is_array())
      for (const auto& each : here.get_array())
        walk(each);
    if (!here.is_object())
      return;
    if (const auto* to = here.get_object().if_contains("$ref")) {
      boost::system::error_code wrong;
      EXPECT_TRUE(document.find_pointer(std::string_view(to->as_string()).substr(1), wrong)) << to->as_string();
      ++followed;
    }
    for (const auto& each : here.get_object())
      walk(each.value());
  };
  walk(document);
  EXPECT_EQ(followed, 2 + 2 * (client_frames().size() + server_frames().size()));
}

TEST(AsyncApi, TheTableIsWhatClientsAreHeldTo) {
  for (const auto& row : client_frames()) {
    json::object whole{{"t", row.t}};
    const auto sample = [](const frame_member& member) -> json::value {
      switch (member.type) {
        case member_type::text: return member.name == "op_id" ? "01920000-0000-7000-8000-00000000000a" : member.name == "snapshot" ? "auto" : "x";
        case member_type::flag: return false;
        case member_type::object:
          return member.name == "since" ? json::object{{"epoch", "x"}, {"seq", 1}} : json::object{};
        case member_type::array: return json::array{"task.*"};
        default: return 1;
      }
    };
    for (const auto& member : row.members)
      whole.emplace(member.name, sample(member));
    EXPECT_TRUE(decode_message(json::serialize(whole))) << json::serialize(whole);
    for (const auto& member : row.members) {
      auto without = whole;
      without.erase(member.name);
      EXPECT_EQ(decode_message(json::serialize(without)).has_value(), !member.needed) << row.t << "." << member.name;
      auto wrong = whole;
      wrong[member.name] = nullptr;
      EXPECT_FALSE(decode_message(json::serialize(wrong))) << row.t << "." << member.name;
    }
    auto more = whole;
    more["more"] = 1;
    const auto frames = decode_message(json::serialize(more));
    ASSERT_TRUE(frames);
    EXPECT_EQ(std::holds_alternative<refused_frame>(frames->front()), row.closed) << row.t;
  }
}

}  // namespace
}  // namespace callboard::net::test
