#include "actors/base/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace callboard {
namespace {

constexpr std::string_view time_text = "2026-11-20T20:00:00.000Z";

std::string json(std::initializer_list<log_field> fields) {
  return format_log({log_level::info, true}, time_text, log_level::info, "entity.activated", fields);
}
std::string text(std::initializer_list<log_field> fields) {
  return format_log({log_level::info, false}, time_text, log_level::warn, "entity.activated", fields);
}

TEST(Log, JsonKeepsTypes) {
  EXPECT_EQ(json({{"kind", "list"}, {"n", 3}, {"below", -4}, {"ok", true}}),
            R"({"ts":"2026-11-20T20:00:00.000Z","level":"info","msg":"entity.activated","kind":"list","n":3,"below":-4,"ok":true})");
}

TEST(Log, JsonEscapesWhateverAClientSent) {
  const auto line = json({{"path", std::string_view{"a\"b\\c\n\x01\xFF", 8}}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_NE(line.find("a\\\"b\\\\c\\n\\u0001\xEF\xBF\xBD"), std::string::npos) << line;
}

TEST(Log, TextIsOneLine) {
  EXPECT_EQ(text({{"kind", "list"}, {"name", "two words"}, {"empty", ""}}),
            "2026-11-20T20:00:00.000Z WARN  entity.activated kind=list name=\"two words\" empty=\"\"");
  EXPECT_EQ(text({{"name", "a\nb"}}).find('\n'), std::string::npos);
}

TEST(Log, TheScopeAddsTheCorrelation) {
  const log_scope outer{"r1", "t1"};
  {
    const log_scope inner{"r2"};
    EXPECT_TRUE(text({}).ends_with("request_id=r2"));
  }
  EXPECT_TRUE(text({}).ends_with("request_id=r1 trace_id=t1"));
}

TEST(Log, WritesToStandardErrorFromQueueAndDirectly) {
  testing::internal::CaptureStderr();
  start_log({log_level::info, true});
  log_event(log_level::debug, "not.this");
  for (int i = 0; i < 100; ++i)
    log_event(log_level::info, "one", {{"i", i}});
  log_event(log_level::error, "two");
  stop_log();
  log_event(log_level::warn, "three");
  const auto out = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 102) << out;
  EXPECT_EQ(out.find("not.this"), std::string::npos);
  EXPECT_EQ(log_dropped(), 0u);
}

TEST(Log, LevelsHaveNames) {
  EXPECT_EQ(parse_log_level("error"), log_level::error);
  EXPECT_EQ(parse_log_level("off"), log_level::off);
  EXPECT_EQ(parse_log_level("loud"), log_level::info);
}

}  // namespace
}  // namespace callboard
