#include "actors/base/metrics.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace callboard {
namespace {

using testing::HasSubstr;

TEST(Metrics, HelpAndTypeShowFromTheStart) {
  const auto text = render_metrics(metrics{});
  for (const auto* name :
       {"http_requests_total counter", "http_request_duration_seconds histogram", "journal_commit_duration_seconds histogram",
        "journal_batch_events histogram", "journal_events_total counter", "journal_fence_rejects_total counter",
        "entities_resident gauge", "mailbox_messages gauge", "ws_connections gauge", "ws_resumes_total counter",
        "ws_slow_closes_total counter", "fanout_duration_seconds histogram", "projection_lag_seconds gauge",
        "rejects_total counter"}) {
    const std::string both = name;
    EXPECT_THAT(text, HasSubstr("# TYPE callboard_" + both + "\n"));
    EXPECT_THAT(text, HasSubstr("# HELP callboard_" + both.substr(0, both.find(' ')) + " "));
  }
}

TEST(Metrics, LabelsAreInTheirOrder) {
  metrics m;
  m.http_requests.at({"/v1/lists/{list_id}", "GET", "200"}).add(3);
  EXPECT_THAT(render_metrics(m),
              HasSubstr("callboard_http_requests_total{route=\"/v1/lists/{list_id}\",method=\"GET\",status=\"200\"} 3"));
}

TEST(Metrics, BucketsAreCumulative) {
  metrics m;
  m.journal_batch_events.observe(1);
  m.journal_batch_events.observe(3);
  m.journal_batch_events.observe(1e9);
  const auto text = render_metrics(m);
  EXPECT_THAT(text, HasSubstr("callboard_journal_batch_events_bucket{le=\"1\"} 1"));
  EXPECT_THAT(text, HasSubstr("callboard_journal_batch_events_bucket{le=\"4\"} 2"));
  EXPECT_THAT(text, HasSubstr("callboard_journal_batch_events_bucket{le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("callboard_journal_batch_events_count 3"));
}

TEST(Metrics, AFamilyIsBounded) {
  metric_family<counter> family{2};
  family.at({"a"}).add();
  family.at({"b"}).add();
  family.at({"c"}).add();
  EXPECT_EQ(&family.at({"d"}), &family.at({"e"}));
  EXPECT_EQ(family.at({"a"}).value(), 1u);
}

TEST(Metrics, CountsFromSeveralThreadsAreWhole) {
  metric_family<counter> family;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i)
        family.at({i % 2 == 0 ? "even" : "odd"}).add();
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(family.at({"even"}).value(), 20'000u);
}

}  // namespace
}  // namespace callboard
