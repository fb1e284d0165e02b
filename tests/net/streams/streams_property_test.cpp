#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

namespace callboard::net::test {
namespace {

/// A client that believes nothing: every number once and in order, or an explicit resync.
class suspicious_client {
 public:
  explicit suspicious_client(std::unique_ptr<far_end> socket) : socket_(std::move(socket)) {}

  void subscribe(const std::string& stream, std::mt19937& random) {
    auto& mine = streams_[stream];
    std::string more = mine.told && random() % 3 ? since_text(mine.seq) : "";
    mine.since = more.empty() ? 0 : mine.seq;
    mine.state = stage::asked;
    mine.asked = ++asked_;
    ++owed_;
    socket_->say(sub_text(more, stream, mine.asked));
  }
  /// Takes up to so many messages; how many frames they held.
  std::size_t take(std::size_t messages) {
    std::size_t frames = 0;
    for (std::size_t i = 0; i < messages; ++i)
      for (const auto& frame : socket_->take_one())
        check(frame), ++frames;
    return frames;
  }
  bool follows(const std::string& stream) {
    const auto state = streams_[stream].state;
    return state == stage::live || state == stage::asked || state == stage::snapshot;
  }
  std::uint64_t seq(const std::string& stream) { return streams_[stream].seq; }
  const std::string& complaint() const { return complaint_; }
  std::size_t resyncs() const { return resyncs_; }
  /// `sub` frames without a reply.
  int owed() const { return owed_; }

 private:
  enum class stage { none, asked, snapshot, live };
  struct view {
    stage state = stage::none;
    std::uint64_t seq = 0, since = 0, parts = 0;
    int asked = 0;
    bool told = false;
  };

  void complain(const std::string& what, const json::object& frame) {
    if (complaint_.empty())
      complaint_ = what + ": " + json::serialize(frame).substr(0, 300);
  }
  void check(const json::object& frame) {
    const auto t = text_of(frame, "t");
    auto& mine = streams_[text_of(frame, "stream")];
    if (t == "reply")
      return on_reply(mine, frame);
    if (t == "snap" && mine.state != stage::asked)
      return on_snap(mine, frame);
    if (t == "ev" && mine.state != stage::asked)
      return on_event(mine, frame);
    if (t == "evs" && mine.state != stage::asked)
      for (const auto& one : frame.at("items").get_array())
        on_event(mine, one.get_object());
    if (t == "resync") {
      ++resyncs_;
      if (mine.state != stage::asked)
        mine.state = stage::none;
    }
  }
  void on_reply(view& mine, const json::object& frame) {
    --owed_;
    if (frame.at("id").to_number<int>() != mine.asked)
      return;
    if (!frame.at("ok").as_bool() || mine.state != stage::asked)
      complain("a reply nobody asked for", frame);
    const auto mode = text_of(frame, "mode");
    mine.told = true;
    mine.parts = 0;
    mine.state = mode == "snapshot" ? stage::snapshot : stage::live;
    mine.seq = mode == "replay" ? mine.since : number_of(frame, "seq");
  }
  void on_snap(view& mine, const json::object& frame) {
    if (mine.state != stage::snapshot || number_of(frame, "part") != ++mine.parts || number_of(frame, "seq") != mine.seq)
      complain("a part out of order", frame);
    if (number_of(frame, "part") == number_of(frame, "parts"))
      mine.state = stage::live;
  }
  void on_event(view& mine, const json::object& frame) {
    if (mine.state != stage::live)
      complain("an event without a subscription", frame);
    if (number_of(frame, "seq") != mine.seq + 1 || number_of(frame, "prev") != mine.seq)
      complain("after " + std::to_string(mine.seq), frame);
    mine.seq = number_of(frame, "seq");
  }

  std::unique_ptr<far_end> socket_;
  std::map<std::string, view> streams_;
  std::string complaint_;
  std::size_t resyncs_ = 0;
  int asked_ = 0, owed_ = 0;
};

class run {
 public:
  explicit run(unsigned seed) : random_(seed), h_(300, 100, {.rate_limits = false}) {
    h_.streams.snapshot_parts = 3;
    for (int i = 0; i < 3; ++i)
      streams_.push_back({entity_kind::list, "01920000-0000-7000-8000-00000000003" + std::to_string(i)});
    for (int i = 0; i < 4; ++i)
      clients_.emplace_back(h_.signed_in());
  }

  /// Steps in any order; at the end everything is delivered and everybody is at the head.
  std::string go(std::size_t steps, std::size_t event_bytes) {
    for (std::size_t i = 0; i < steps; ++i)
      step(event_bytes);
    for (int quiet = 0; quiet < 3; ++quiet) {
      h_.settle();
      for (auto& client : clients_)
        if (client.take(100) > 0)
          quiet = 0;
    }
    for (auto& client : clients_) {
      if (!client.complaint().empty())
        return client.complaint();
      if (client.owed() != 0)
        return std::to_string(client.owed()) + " replies are owed";
      for (const auto& stream : streams_)
        if (const auto name = stream_name(stream); client.follows(name) && client.seq(name) != h_.streams.head(stream))
          return "stopped at " + std::to_string(client.seq(name)) + " of " + std::to_string(h_.streams.head(stream));
    }
    return {};
  }
  std::size_t resyncs() const {
    std::size_t all = 0;
    for (const auto& client : clients_)
      all += client.resyncs();
    return all;
  }

 private:
  void step(std::size_t event_bytes) {
    const auto& stream = streams_[random_() % streams_.size()];
    auto& client = clients_[random_() % clients_.size()];
    switch (random_() % 12) {
      case 0: case 1: case 2: h_.streams.publish(stream, 1 + random_() % 20, "task.updated.v1", event_bytes); break;
      case 3: if (random_() % 4 == 0) client.subscribe(stream_name(stream), random_); break;
      case 4: case 5: h_.streams.do_one(); break;
      case 6: h_.streams.read_one(); break;
      case 7: client.take(1 + random_() % 3); break;
      case 8: if (random_() % 20 == 0) h_.streams.revoke(stream, std::nullopt); break;
      default: h_.loop.run_one();
    }
  }

  std::mt19937 random_;
  house h_;
  std::vector<entity_ref> streams_;
  std::vector<suspicious_client> clients_;
};

unsigned first_seed() {
  const auto* given = std::getenv("CALLBOARD_SEED");
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

TEST(StreamsProperty, EveryNumberComesOnceInOrderOrAResyncSaysOtherwise) {
  const auto base = first_seed();
  for (unsigned i = 0; i < 40; ++i) {
    const auto why = run(base + i).go(1000, 20);
    ASSERT_EQ(why, "") << "CALLBOARD_SEED=" << base + i;
  }
}

TEST(StreamsProperty, TheSameHoldsWhenQueuesOverflow) {
  const auto base = first_seed();
  std::size_t resyncs = 0;
  for (unsigned i = 0; i < 6; ++i) {
    run one(base + i);
    const auto why = one.go(2500, 9000);
    ASSERT_EQ(why, "") << "CALLBOARD_SEED=" << base + i;
    resyncs += one.resyncs();
  }
  EXPECT_GT(resyncs, 0u);
}

}  // namespace
}  // namespace callboard::net::test
